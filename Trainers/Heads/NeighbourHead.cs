using MlTransfer.Trainers.Neighbours;

namespace MlTransfer.Trainers.Heads;

/// <summary>k-nearest neighbours as a head: it holds its training rows, and a class' probability is its share of the votes. Immutable and thread-safe.</summary>
public sealed class NeighbourHead : ClassifierHead
{
    /// <summary><see cref="ClassifierHead.Kind"/> of such heads.</summary>
    internal const string KindName = "neighbours";

    /// <summary>Scores of a block, 32 MB.</summary>
    private const int BlockScores = 1 << 22;

    private readonly NeighbourPredictor _predictor;

    /// <summary>Joins examples and their description.</summary>
    /// <exception cref="ArgumentException">The number of labels is not that of the examples' classes, or two labels are the same.</exception>
    public NeighbourHead(NeighbourSet examples, HeadDescription description)
        : base(description, (examples ?? throw new ArgumentNullException(nameof(examples))).Classes, examples.Features)
    {
        Examples = examples;
        _predictor = new NeighbourPredictor(examples);
    }

    private NeighbourHead(NeighbourHead source, HeadDescription description)
        : base(description, source.Examples.Classes, source.FeatureDimension)
    {
        Examples = source.Examples;
        _predictor = source._predictor;
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>The examples.</summary>
    public NeighbourSet Examples { get; }

    private protected override int BlockRows => RowsAtOnce(Examples.Examples);

    /// <inheritdoc/>
    public override ClassifierHead WithDescription(HeadDescription description) => new NeighbourHead(this, description);

    /// <summary>Rows to compare at once with so many examples, an even number.</summary>
    internal static int RowsAtOnce(int examples) => Math.Clamp(BlockScores / examples / 2 * 2, 2, 32);

    internal override HeadContent ToContent() => new(
        [
            HeadContent.Float32("examples", [Examples.Examples, Examples.Features], Examples.Values),
            HeadContent.Int64("example_labels", Examples.Labels),
        ],
        new Dictionary<string, string>
        {
            ["examples"] = HeadContent.Text(Examples.Examples),
            ["neighbours"] = HeadContent.Text(Examples.Neighbours),
            ["weights"] = MetricNames.Of(Examples.Weighting),
            ["metric"] = MetricNames.Of(Examples.Metric),
        });

    internal static NeighbourHead Read(HeadReader file, HeadDescription description)
    {
        var examples = file.Count("examples");
        return new NeighbourHead(
            new NeighbourSet(
                file.Float32("examples", examples, file.FeatureDimension), file.Int64("example_labels", examples), description.Labels.Count,
                file.Count("neighbours"), MetricNames.Weighting(file.Option("weights")), MetricNames.Metric(file.Option("metric"))),
            description);
    }

    private protected override unsafe void PredictBlock(float* rows, int stride, int count, Span<float> probabilities)
    {
        _predictor.Predict(rows, stride, count, probabilities, []);
        for (var row = 0; InverseTemperature != 1 && row < count; row++)
        {
            Warm(probabilities.Slice(row * Labels.Count, Labels.Count));
        }
    }

    /// <summary>There are no logits to divide: probabilities are raised to 1 over the temperature, and scaled to the sum 1.</summary>
    private void Warm(Span<float> probabilities)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
        {
            sum += Math.Pow(probability, InverseTemperature);
        }

        for (var c = 0; c < probabilities.Length; c++)
        {
            probabilities[c] = (float)(Math.Pow(probabilities[c], InverseTemperature) / sum);
        }
    }
}
