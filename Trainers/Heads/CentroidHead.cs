using MlTransfer.Trainers.Neighbours;

namespace MlTransfer.Trainers.Heads;

/// <summary>Nearest centroid as a head; its probabilities are those of <see cref="CentroidSet"/>. Immutable and thread-safe.</summary>
public sealed class CentroidHead : ClassifierHead
{
    /// <summary><see cref="ClassifierHead.Kind"/> of such heads.</summary>
    internal const string KindName = "centroid";

    private readonly SoftmaxPredictor _predictor;

    /// <summary>Joins centroids and their description.</summary>
    /// <exception cref="ArgumentException">The number of labels is not that of the centroids, two labels are the same, or a centroid is beyond float32.</exception>
    public CentroidHead(CentroidSet centroids, HeadDescription description)
        : base(description, (centroids ?? throw new ArgumentNullException(nameof(centroids))).Classes, centroids.Features)
    {
        Centroids = centroids;
        _predictor = new SoftmaxPredictor(centroids.ToLayer());
    }

    private CentroidHead(CentroidHead source, HeadDescription description)
        : base(description, source.Centroids.Classes, source.FeatureDimension)
    {
        Centroids = source.Centroids;
        _predictor = source._predictor;
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>The centroids.</summary>
    public CentroidSet Centroids { get; }

    /// <inheritdoc/>
    public override ClassifierHead WithDescription(HeadDescription description) => new CentroidHead(this, description);

    internal override HeadContent ToContent() => new(
        [
            HeadContent.Float32("centroids", [Centroids.Classes, Centroids.Features], Centroids.Values),
            HeadContent.Int64("rows_of_class", Centroids.Counts),
        ],
        new Dictionary<string, string> { ["metric"] = MetricNames.Of(Centroids.Metric), ["sharpness"] = HeadContent.Text(Centroids.Sharpness) });

    internal static CentroidHead Read(HeadReader file, HeadDescription description) => new(
        new CentroidSet(
            file.Float32("centroids", description.Labels.Count, file.FeatureDimension), file.Int64("rows_of_class", description.Labels.Count),
            MetricNames.Metric(file.Option("metric")), file.Number("sharpness")),
        description);

    private protected override unsafe void PredictBlock(float* rows, int stride, int count, Span<float> probabilities)
    {
        for (var row = 0; Centroids.Metric == SimilarityMetric.Cosine && row < count; row++)
        {
            UnitRows.Scale(new Span<float>(rows + ((long)row * stride), FeatureDimension));
        }

        _predictor.Predict(rows, stride, count, InverseTemperature, probabilities);
    }
}
