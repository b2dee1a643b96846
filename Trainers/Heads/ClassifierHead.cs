using System.Numerics;
using System.Runtime.InteropServices;
using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Heads;

/// <summary>A classifier on features, of whatever kind, with the names of its classes and the backbone it belongs to. Immutable and thread-safe.</summary>
public abstract class ClassifierHead
{
    private protected ClassifierHead(HeadDescription description, int classes, int featureDimension)
    {
        ArgumentNullException.ThrowIfNull(description);
        LabelChecks.ThrowIfNotClassNames(description.Labels);
        if (description.Labels.Count != classes)
        {
            throw new ArgumentException($"{description.Labels.Count} labels were given for a head of {classes} classes.", nameof(description));
        }

        if (description.Rejection is { } rule && rule.FeatureDimension != featureDimension)
        {
            throw new ArgumentException($"The rule of rejection needs {rule.FeatureDimension} features, the head {featureDimension}; fit it on the same features.", nameof(description));
        }

        if (description.Temperature is { } temperature && !(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentException($"A temperature must be above zero and finite; {temperature} was given.", nameof(description));
        }

        Description = description;
        FeatureDimension = featureDimension;
    }

    /// <summary>The kind as head files name it, for example <c>softmax</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Classes, backbone, training.</summary>
    public HeadDescription Description { get; }

    /// <summary>Names of the classes, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Labels => Description.Labels;

    /// <summary>Number of features it needs.</summary>
    public int FeatureDimension { get; }

    /// <summary>What logits are multiplied by: 1 over <see cref="HeadDescription.Temperature"/>.</summary>
    private protected double InverseTemperature => 1 / (Description.Temperature ?? 1);

    /// <summary>Examples that are worked on together, an even number; their results do not depend on one another.</summary>
    private protected virtual int BlockRows => 32;

    /// <summary>Reads a head file of any kind.</summary>
    /// <param name="path">A file that <see cref="Save"/> wrote, in this or an earlier version.</param>
    /// <exception cref="InvalidDataException">Not a head file, damaged, or of a later version; the message names the file and the fault.</exception>
    public static ClassifierHead Load(string path) => HeadFile.Read(path);

    /// <summary>Writes the head to a file, whole or not at all.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    public void Save(string path) => HeadFile.Write(path, this);

    /// <summary>The same classifier with another description; the number of labels must stay.</summary>
    /// <param name="description">What the new head says of itself.</param>
    /// <exception cref="ArgumentException">The number of labels differs, or two labels are the same.</exception>
    public abstract ClassifierHead WithDescription(HeadDescription description);

    /// <summary>Probabilities of the classes for one example.</summary>
    /// <param name="features"><see cref="FeatureDimension"/> numbers.</param>
    /// <param name="probabilities">Takes one number a class, in the order of <see cref="Labels"/>; they sum to 1.</param>
    /// <exception cref="ArgumentException">A span has another length, or a feature is not a finite number.</exception>
    public unsafe void Predict(ReadOnlySpan<float> features, Span<float> probabilities)
    {
        if (features.Length != FeatureDimension)
        {
            throw new ArgumentException($"The head needs {FeatureDimension} features; {features.Length} were given.", nameof(features));
        }

        if (probabilities.Length != Labels.Count)
        {
            throw new ArgumentException($"The head has {Labels.Count} classes; there is room for {probabilities.Length}.", nameof(probabilities));
        }

        ThrowIfNotFinite(features, "the example");
        var stride = PaddedRows.Stride(FeatureDimension);
        using var block = new AlignedBuffer<float>(2L * stride);
        features.CopyTo(new Span<float>(block.Pointer, FeatureDimension));
        PredictBlock(block.Pointer, stride, 1, probabilities);
        ThrowIfNotNumbers(probabilities, "the example");
    }

    /// <summary>Probabilities of the classes for many examples; the same bits as one by one.</summary>
    /// <param name="features">One row an example, <see cref="FeatureDimension"/> columns.</param>
    /// <param name="threads">Threads to use; null means one a processor.</param>
    /// <returns>rows × classes, row-major.</returns>
    /// <exception cref="ArgumentException">The number of columns is not <see cref="FeatureDimension"/>, or a feature is not a finite number.</exception>
    public unsafe float[] Predict(IFeatureSource features, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Columns != FeatureDimension)
        {
            throw new ArgumentException($"The head needs {FeatureDimension} features; the rows have {features.Columns}.", nameof(features));
        }

        var classes = Labels.Count;
        var probabilities = new float[checked(features.Rows * classes)];
        var stride = PaddedRows.Stride(FeatureDimension);
        var blocks = (features.Rows + BlockRows - 1) / BlockRows;
        var faults = new ArgumentException?[blocks];
        FixedOrder.Run(blocks, threads ?? Environment.ProcessorCount, number =>
        {
            var first = number * BlockRows;
            var count = Math.Min(BlockRows, features.Rows - first);
            using var block = new AlignedBuffer<float>((long)(count + (count & 1)) * stride);
            for (var row = 0; row < count; row++)
            {
                var own = new Span<float>(block.Pointer + ((long)row * stride), FeatureDimension);
                features.CopyRow(first + row, own);
                faults[number] ??= FaultOf(own, features, first + row);
            }

            features.Release(first, count);
            if (faults[number] is null)
            {
                PredictBlock(block.Pointer, stride, count, probabilities.AsSpan(first * classes, count * classes));
            }
        });
        if (Array.Find(faults, fault => fault is not null) is { } earliest)
        {
            throw earliest;
        }

        for (var row = 0; row < features.Rows; row++)
        {
            ThrowIfNotNumbers(probabilities.AsSpan(row * classes, classes), features, row);
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

    /// <summary>What its file keeps beside the description.</summary>
    internal abstract HeadContent ToContent();

    /// <summary>Probabilities of some examples. What one gets must not depend on the others, nor on their number.</summary>
    /// <param name="rows">Aligned, filled up with zeros to <paramref name="stride"/>; one row of room more than <paramref name="count"/> where that is odd. May be overwritten.</param>
    /// <param name="stride">Distance between rows, <see cref="PaddedRows.Stride"/> of the features.</param>
    /// <param name="count">Number of examples, 1 … <see cref="BlockRows"/>.</param>
    /// <param name="probabilities">count × classes.</param>
    private protected abstract unsafe void PredictBlock(float* rows, int stride, int count, Span<float> probabilities);

    private static void ThrowIfNotFinite(ReadOnlySpan<float> features, string what)
    {
        if (FaultOf(features, what) is { } fault)
        {
            throw fault;
        }
    }

    private static ArgumentException? FaultOf(ReadOnlySpan<float> features, IFeatureSource source, int row) => IsFinite(features) ? null : FaultOf(features, source.Describe(row));

    /// <summary>Names the first feature that is no finite number; null where all are.</summary>
    private static ArgumentException? FaultOf(ReadOnlySpan<float> features, string what)
    {
        for (var d = 0; !IsFinite(features) && d < features.Length; d++)
        {
            if (!float.IsFinite(features[d]))
            {
                return new ArgumentException($"{what} holds {features[d]} in column {d}; every feature must be a finite number.", nameof(features));
            }
        }

        return null;
    }

    /// <summary>Zero times a number is zero, unless it is infinite or none.</summary>
    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sum = Vector<float>.Zero;
        foreach (var vector in vectors)
        {
            sum += vector * Vector<float>.Zero;
        }

        var rest = Vector.Sum(sum);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            rest += value * 0;
        }

        return rest == 0;
    }

    private static void ThrowIfNotNumbers(ReadOnlySpan<float> probabilities, IFeatureSource source, int row)
    {
        if (float.IsNaN(probabilities[0]))
        {
            ThrowIfNotNumbers(probabilities, source.Describe(row));
        }
    }

    /// <summary>An overflow makes every probability NaN, so looking at one of them is enough.</summary>
    private static void ThrowIfNotNumbers(ReadOnlySpan<float> probabilities, string what)
    {
        if (float.IsNaN(probabilities[0]))
        {
            throw new ArgumentException($"the features of {what} are too large for float32 arithmetic.", nameof(probabilities));
        }
    }

    private static string Origin(string backboneId, string sha256, string tensor, string preprocessing) =>
        $"'{backboneId}' (graph {sha256[..Math.Min(12, sha256.Length)]}…, tensor {tensor}, preprocessing {preprocessing})";
}
