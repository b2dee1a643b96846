namespace MlTransfer.Trainers.Duplicates;

/// <summary>What counts as a near-duplicate, and how many are kept.</summary>
public sealed record NearDuplicateOptions
{
    /// <summary>
    /// Default of <see cref="Threshold"/>. Measured on 500 photos of flowers with the bundled network: at 0.7 every pair found was of one scene by eye (8 pairs
    /// with tap mixed8, 6 with the bottleneck; 12 of the next 14 down to 0.6 as well), and of 250 altered copies (JPEG quality 40, half size, a tenth cropped,
    /// mirrored, brightened by a fifth) 69 % were found with mixed8, 52 % with the bottleneck. Among 4.5 million pairs of 3,000 photos 50 and 63 lie above it.
    /// </summary>
    public const double DefaultThreshold = 0.7;

    /// <summary>
    /// Least similarity, above 0 and at most 1. Null (default): <see cref="DefaultThreshold"/>, or more where rows of so few features are so many that chance
    /// alone would make pairs as similar; rows of one or two features have no near-duplicates then.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>The threshold for so many rows.</summary>
    internal double ThresholdFor(int rows, int columns) => Threshold ?? Math.Max(DefaultThreshold, ByChance(rows, columns));

    /// <summary>
    /// The similarity above which at most half a pair is to be expected among as many directions drawn at random: of two, the cosine is c or more with a
    /// probability of at most (1 − c²)^((columns − 1) / 2) / 2.
    /// </summary>
    private static double ByChance(int rows, int columns) => columns < 2 ? 1 : Math.Sqrt(1 - Math.Min(1, Math.Pow(2 / ((double)rows * rows), 2.0 / (columns - 1))));

    /// <summary>Most pairs kept, the most similar ones; more are counted. At least 1, default 10,000.</summary>
    public int MaxPairs { get; init; } = 10_000;

    /// <summary>A group a row (its subset, say): only pairs of two groups count. Empty (default): all pairs count.</summary>
    public ReadOnlyMemory<int> Groups { get; init; }

    /// <summary>Threads to use; default one a processor. The result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
