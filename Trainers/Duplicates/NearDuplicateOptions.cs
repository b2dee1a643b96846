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

    /// <summary>Least similarity, above 0 and at most 1.</summary>
    public double Threshold { get; init; } = DefaultThreshold;

    /// <summary>Most pairs kept, the most similar ones; more are counted. At least 1, default 10,000.</summary>
    public int MaxPairs { get; init; } = 10_000;

    /// <summary>A group a row (its subset, say): only pairs of two groups count. Empty (default): all pairs count.</summary>
    public ReadOnlyMemory<int> Groups { get; init; }

    /// <summary>Threads to use; default one a processor. The result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
