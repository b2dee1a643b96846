namespace MlTransfer.Trainers.Heads;

/// <summary>A softmax layer as a head: probabilities = softmax(W · x + b). Immutable and thread-safe.</summary>
public sealed class SoftmaxHead : ClassifierHead
{
    /// <summary><see cref="ClassifierHead.Kind"/> of such heads.</summary>
    internal const string KindName = "softmax";

    private readonly SoftmaxPredictor _predictor;

    /// <summary>Joins a layer and its description.</summary>
    /// <exception cref="ArgumentException">The number of labels is not that of the layer's classes, or two labels are the same.</exception>
    public SoftmaxHead(SoftmaxWeights weights, HeadDescription description)
        : base(description, (weights ?? throw new ArgumentNullException(nameof(weights))).Classes, weights.Features)
    {
        Weights = weights;
        _predictor = new SoftmaxPredictor(weights);
    }

    private SoftmaxHead(SoftmaxHead source, HeadDescription description)
        : base(description, source.Weights.Classes, source.FeatureDimension)
    {
        Weights = source.Weights;
        _predictor = source._predictor;
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>The layer.</summary>
    public SoftmaxWeights Weights { get; }

    /// <summary>Reads a head file that must hold a softmax layer; <see cref="ClassifierHead.Load"/> reads every kind.</summary>
    /// <param name="path">A file that <see cref="ClassifierHead.Save"/> wrote, in this or an earlier version.</param>
    /// <exception cref="InvalidDataException">Not such a file, damaged, or of a later version; the message names the file and the fault.</exception>
    public static new SoftmaxHead Load(string path) => ClassifierHead.Load(path) switch
    {
        SoftmaxHead head => head,
        var other => throw new InvalidDataException($"{path}: the head is of kind '{other.Kind}'; one of kind '{KindName}' was expected."),
    };

    /// <summary>The layer with its classes in another order: those that are not among the labels are dropped, new ones get no weight and the least bias. To start a fit from.</summary>
    /// <param name="labels">Names of the classes that are wanted.</param>
    public SoftmaxWeights WeightsFor(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var places = Labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
        var (weight, bias) = (new float[checked(labels.Count * FeatureDimension)], new float[labels.Count]);
        for (var c = 0; c < labels.Count; c++)
        {
            if (places.TryGetValue(labels[c], out var place))
            {
                Weights.Weight.Slice(place * FeatureDimension, FeatureDimension).CopyTo(weight.AsSpan(c * FeatureDimension));
                bias[c] = Weights.Bias[place];
            }
            else
            {
                bias[c] = PresentClasses.BiasWithoutRows;
            }
        }

        return new SoftmaxWeights(weight, bias);
    }

    /// <inheritdoc/>
    public override ClassifierHead WithDescription(HeadDescription description) => new SoftmaxHead(this, description);

    internal override HeadContent ToContent() => new(
        [
            HeadContent.Float32("weight", [Weights.Classes, Weights.Features], Weights.Weight),
            HeadContent.Float32("bias", [Weights.Classes], Weights.Bias),
        ],
        new Dictionary<string, string>());

    internal static SoftmaxHead Read(HeadReader file, HeadDescription description) => new(
        new SoftmaxWeights(file.Float32("weight", description.Labels.Count, file.FeatureDimension), file.Float32("bias", description.Labels.Count)), description);

    private protected override unsafe void PredictBlock(float* rows, int stride, int count, Span<float> probabilities) =>
        _predictor.Predict(rows, stride, count, InverseTemperature, probabilities);
}
