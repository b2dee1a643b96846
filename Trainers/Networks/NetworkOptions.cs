using System.Globalization;

namespace MlTransfer.Trainers.Networks;

/// <summary>What <see cref="NetworkTrainer"/> builds and how it trains it.</summary>
public sealed record NetworkOptions
{
    /// <summary>Most hidden layers.</summary>
    public const int MostLayers = 64;

    /// <summary>Most units of a hidden layer.</summary>
    public const int MostUnits = 65536;

    /// <summary>Units of each hidden layer, from the features on; one layer or more, each of 1 to 65,536 units.</summary>
    public required IReadOnlyList<int> Hidden { get; init; }

    /// <summary>
    /// Share of each hidden layer's outputs that a step leaves out, 0 to less than 1; what is left is scaled up so that its mean stays (inverted dropout:
    /// Srivastava et al., 2014, as in Keras). One number for all layers or one a layer; empty (default) for none.
    /// </summary>
    public IReadOnlyList<double> Dropout { get; init; } = [];

    /// <summary>
    /// Optimizer, schedule, batches, penalty on all kernels (not on biases), smoothing, class weights, patience and seed, the labels among them.
    /// <see cref="MiniBatchOptions.InitialWeights"/> must be null; <see cref="MiniBatchOptions.Initialization"/> holds for every layer.
    /// </summary>
    public required MiniBatchOptions MiniBatches { get; init; }

    /// <summary>Where to start; null (default) draws weights.</summary>
    public NetworkWeights? InitialWeights { get; init; }

    /// <summary>Threads to use; default one a processor. The result is the same, bit for bit, for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The share of a hidden layer's outputs that is left out.</summary>
    internal double DropoutOf(int layer) => Dropout.Count == 0 ? 0 : Dropout.Count == 1 ? Dropout[0] : Dropout[layer];

    /// <summary>The options by name, for head files.</summary>
    internal Dictionary<string, string> Describe()
    {
        var texts = MiniBatches.Describe();
        texts["hidden"] = string.Join(',', Hidden.Select(units => units.ToString(CultureInfo.InvariantCulture)));
        if (Dropout.Any(share => share > 0))
        {
            texts["dropout"] = string.Join(',', Dropout.Select(share => share.ToString("R", CultureInfo.InvariantCulture)));
        }

        return texts;
    }

    /// <summary>Throws an <see cref="ArgumentException"/> that says which option is out of its range.</summary>
    internal void ThrowIfNotValid()
    {
        ArgumentNullException.ThrowIfNull(MiniBatches);
        ArgumentNullException.ThrowIfNull(Hidden);
        ArgumentNullException.ThrowIfNull(Dropout);
        MiniBatches.ThrowIfNotValid();
        ThrowIf(MiniBatches.InitialWeights is not null, "A network starts from NetworkOptions.InitialWeights; those of MiniBatchOptions are for a single layer.");
        ThrowIf(Hidden.Count is 0 or > MostLayers, $"A network has 1 to {MostLayers} hidden layers; {Hidden.Count} were given. Without one, use MiniBatchTrainer.");
        foreach (var units in Hidden)
        {
            ThrowIf(units is < 1 or > MostUnits, $"A hidden layer has 1 to {MostUnits} units; {units} were given.");
        }

        ThrowIf(Dropout.Count > 1 && Dropout.Count != Hidden.Count, $"{Dropout.Count} dropout shares were given for {Hidden.Count} hidden layers; give one, or one a layer.");
        foreach (var share in Dropout)
        {
            ThrowIf(!(share >= 0 && share < 1), $"A dropout share must be at least 0 and less than 1; {share} was given.");
        }

        ThrowIf(Threads < 1, $"At least one thread is needed; {Threads} were given.");
        ThrowIf(
            InitialWeights is { } initial && !initial.Layers.Select(layer => layer.Units).SequenceEqual([.. Hidden, MiniBatches.Labels.Count]),
            $"The initial weights have layers of {string.Join(", ", InitialWeights?.Layers.Select(layer => layer.Units) ?? [])} units; {string.Join(", ", [.. Hidden, MiniBatches.Labels.Count])} are asked for.");
    }

    private static void ThrowIf(bool wrong, string message)
    {
        if (wrong)
        {
            throw new ArgumentException(message);
        }
    }
}
