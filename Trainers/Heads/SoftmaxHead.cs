namespace MlTransfer.Trainers.Heads;

/// <summary>A classifier on features: a softmax layer with the names of its classes and the backbone it belongs to. Immutable and thread-safe.</summary>
public sealed class SoftmaxHead
{
    private readonly SoftmaxPredictor _predictor;

    /// <summary>Joins a layer and its description.</summary>
    /// <exception cref="ArgumentException">The number of labels is not that of the layer's classes, or two labels are the same.</exception>
    public SoftmaxHead(SoftmaxWeights weights, HeadDescription description)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(description);
        LabelChecks.ThrowIfNotClassNames(description.Labels);
        if (description.Labels.Count != weights.Classes)
        {
            throw new ArgumentException($"{description.Labels.Count} labels were given for a layer of {weights.Classes} classes.", nameof(description));
        }

        Weights = weights;
        Description = description;
        _predictor = new SoftmaxPredictor(weights);
    }

    /// <summary>The layer.</summary>
    public SoftmaxWeights Weights { get; }

    /// <summary>Classes, backbone, training.</summary>
    public HeadDescription Description { get; }

    /// <summary>Names of the classes, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Labels => Description.Labels;

    /// <summary>Number of features it needs.</summary>
    public int FeatureDimension => Weights.Features;

    /// <summary>Reads a head file.</summary>
    /// <param name="path">A file that <see cref="Save"/> wrote, in this or an earlier version.</param>
    /// <exception cref="InvalidDataException">Not a head file, damaged, or of a later version; the message names the file and the fault.</exception>
    public static SoftmaxHead Load(string path) => HeadFile.Read(path);

    /// <summary>Writes the head to a file, whole or not at all.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    public void Save(string path) => HeadFile.Write(path, this);

    /// <summary>Probabilities of the classes for one example.</summary>
    /// <param name="features"><see cref="FeatureDimension"/> numbers.</param>
    /// <param name="probabilities">Takes one number a class, in the order of <see cref="Labels"/>; they sum to 1.</param>
    /// <exception cref="ArgumentException">A span has another length, or a feature is not a finite number.</exception>
    public void Predict(ReadOnlySpan<float> features, Span<float> probabilities)
    {
        if (features.Length != FeatureDimension)
        {
            throw new ArgumentException($"The head needs {FeatureDimension} features; {features.Length} were given.", nameof(features));
        }

        if (probabilities.Length != Weights.Classes)
        {
            throw new ArgumentException($"The head has {Weights.Classes} classes; there is room for {probabilities.Length}.", nameof(probabilities));
        }

        _predictor.Predict(features, features, probabilities, probabilities);
        ThrowIfNotNumbers(features, probabilities, "the example");
    }

    /// <summary>Probabilities of the classes for many examples; the same bits as one by one.</summary>
    /// <param name="features">One row an example, <see cref="FeatureDimension"/> columns.</param>
    /// <param name="threads">Threads to use; null means one a processor.</param>
    /// <returns>rows × classes, row-major.</returns>
    /// <exception cref="ArgumentException">The number of columns is not <see cref="FeatureDimension"/>, or a feature is not a finite number.</exception>
    public float[] Predict(FeatureMatrix features, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Columns != FeatureDimension)
        {
            throw new ArgumentException($"The head needs {FeatureDimension} features; the rows have {features.Columns}.", nameof(features));
        }

        var classes = Weights.Classes;
        var probabilities = new float[checked(features.Rows * classes)];
        var pairs = (features.Rows + 1) / 2;
        Parallel.For(0, pairs, new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount }, pair =>
        {
            var first = 2 * pair;
            var second = Math.Min(first + 1, features.Rows - 1);
            _predictor.Predict(
                features.Row(first), features.Row(second), probabilities.AsSpan(first * classes, classes), probabilities.AsSpan(second * classes, classes));
        });
        for (var row = 0; row < features.Rows; row++)
        {
            ThrowIfNotNumbers(features.Row(row), probabilities.AsSpan(row * classes, classes), features.Describe(row));
        }

        return probabilities;
    }

    /// <summary>Refuses features of another origin than the head was fitted on.</summary>
    /// <param name="backboneId">Id of the backbone that gives the features.</param>
    /// <param name="graphSha256">SHA-256 of its graph file, hexadecimal.</param>
    /// <param name="tensor">The tensor the features are read from.</param>
    /// <param name="preprocessing">Id of the preprocessing.</param>
    /// <exception cref="HeadMismatchException">Something differs; the message names both sides and what to do.</exception>
    public void EnsureMatches(string backboneId, string graphSha256, string tensor, string preprocessing)
    {
        var mine = Description;
        var sameGraph = string.Equals(mine.GraphSha256, graphSha256, StringComparison.OrdinalIgnoreCase);
        if (sameGraph && mine.Tensor == tensor && mine.Preprocessing == preprocessing)
        {
            return;
        }

        var differs = !sameGraph ? "backbone" : mine.Tensor != tensor ? "tensor" : "preprocessing";
        throw new HeadMismatchException(
            $"The head was fitted on features of another {differs}: it needs {Origin(mine.BackboneId, mine.GraphSha256, mine.Tensor, mine.Preprocessing)}; "
            + $"these features come from {Origin(backboneId, graphSha256, tensor, preprocessing)}. "
            + $"Extract the features with backbone '{mine.BackboneId}', tensor '{mine.Tensor}' and preprocessing '{mine.Preprocessing}', or fit a new head on these.");
    }

    /// <summary>A feature that is no number makes every probability NaN, so looking at one of them is enough.</summary>
    private static void ThrowIfNotNumbers(ReadOnlySpan<float> features, ReadOnlySpan<float> probabilities, string what)
    {
        if (!float.IsNaN(probabilities[0]))
        {
            return;
        }

        for (var d = 0; d < features.Length; d++)
        {
            if (!float.IsFinite(features[d]))
            {
                throw new ArgumentException($"{what} holds {features[d]} in column {d}; every feature must be a finite number.", nameof(features));
            }
        }

        throw new ArgumentException($"the features of {what} are too large for float32 arithmetic.", nameof(features));
    }

    private static string Origin(string backboneId, string sha256, string tensor, string preprocessing) =>
        $"'{backboneId}' (graph {sha256[..Math.Min(12, sha256.Length)]}…, tensor {tensor}, preprocessing {preprocessing})";
}
