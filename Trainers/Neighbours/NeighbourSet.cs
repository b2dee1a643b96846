namespace MlTransfer.Trainers.Neighbours;

/// <summary>Examples to compare with, and how their votes are counted. Immutable; safe to use from any thread.</summary>
public sealed class NeighbourSet
{
    private readonly float[] _values;
    private readonly int[] _labels;

    /// <summary>Copies examples.</summary>
    /// <param name="values">examples × features, row-major; every number finite.</param>
    /// <param name="labels">A class an example, 0 … classes − 1; one example or more.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="neighbours">How many of the nearest examples vote, one or more; all where there are fewer.</param>
    /// <param name="weighting">How much a vote counts.</param>
    /// <param name="metric">What near means.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a number is out of range.</exception>
    public NeighbourSet(
        ReadOnlySpan<float> values, ReadOnlySpan<int> labels, int classes, int neighbours, NeighbourWeighting weighting, SimilarityMetric metric)
    {
        if (labels.IsEmpty || values.IsEmpty || values.Length % labels.Length != 0)
        {
            throw new ArgumentException($"{values.Length} numbers cannot be shared out among {labels.Length} examples.", nameof(values));
        }

        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"examples need finite numbers; {value} was found.", nameof(values));
            }
        }

        foreach (var label in labels)
        {
            if ((uint)label >= (uint)classes)
            {
                throw new ArgumentException($"an example has the class {label}; with {classes} classes they go from 0 to {classes - 1}.", nameof(labels));
            }
        }

        if (neighbours < 1)
        {
            throw new ArgumentException($"one neighbour or more must vote; {neighbours} was given.", nameof(neighbours));
        }

        _values = values.ToArray();
        _labels = labels.ToArray();
        Classes = classes;
        Features = values.Length / labels.Length;
        Neighbours = neighbours;
        Weighting = weighting;
        Metric = metric;
    }

    /// <summary>Number of examples.</summary>
    public int Examples => _labels.Length;

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Number of features.</summary>
    public int Features { get; }

    /// <summary>How many of the nearest examples vote.</summary>
    public int Neighbours { get; }

    /// <summary>How much a vote counts.</summary>
    public NeighbourWeighting Weighting { get; }

    /// <summary>What near means.</summary>
    public SimilarityMetric Metric { get; }

    /// <summary>The examples, examples × features, row-major.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>A class an example.</summary>
    public ReadOnlySpan<int> Labels => _labels;
}
