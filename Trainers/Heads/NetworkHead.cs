using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Networks;

namespace MlTransfer.Trainers.Heads;

/// <summary>Dense layers with ReLU between them and softmax at the end, as a head. Immutable and thread-safe.</summary>
public sealed class NetworkHead : ClassifierHead
{
    /// <summary><see cref="ClassifierHead.Kind"/> of such heads.</summary>
    internal const string KindName = "network";

    private readonly NetworkForward _forward;

    /// <summary>Joins a network and its description.</summary>
    /// <exception cref="ArgumentException">The number of labels is not that of the network's classes, or two labels are the same.</exception>
    public NetworkHead(NetworkWeights weights, HeadDescription description)
        : base(description, (weights ?? throw new ArgumentNullException(nameof(weights))).Classes, weights.Features)
    {
        Weights = weights;
        _forward = new NetworkForward(weights);
    }

    private NetworkHead(NetworkHead source, HeadDescription description)
        : base(description, source.Weights.Classes, source.FeatureDimension)
    {
        Weights = source.Weights;
        _forward = source._forward;
    }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>The layers.</summary>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public override ClassifierHead WithDescription(HeadDescription description) => new NetworkHead(this, description);

    internal override HeadContent ToContent() => new(
        [.. Weights.Layers.SelectMany((layer, number) => new[]
        {
            HeadContent.Float32($"layers.{number}.weight", [layer.Units, layer.Inputs], layer.Weight),
            HeadContent.Float32($"layers.{number}.bias", [layer.Units], layer.Bias),
        })],
        new Dictionary<string, string> { ["layers"] = HeadContent.Text(Weights.Layers.Count) });

    internal static NetworkHead Read(HeadReader file, HeadDescription description)
    {
        var count = file.Count("layers");
        if (count > NetworkOptions.MostLayers + 1)
        {
            throw new InvalidDataException($"it has {count} layers; at most {NetworkOptions.MostLayers + 1} are read.");
        }

        var layers = new List<DenseWeights>();
        long inputs = file.FeatureDimension;
        for (var number = 0; number < count; number++)
        {
            // Hidden layers say their width by their shape; the last has a unit a class.
            var units = number == count - 1 ? description.Labels.Count : file.Shape($"layers.{number}.weight")?.Rows ?? 0;
            layers.Add(new DenseWeights(file.Float32($"layers.{number}.weight", units, inputs), file.Float32($"layers.{number}.bias", units)));
            inputs = units;
        }

        return new NetworkHead(new NetworkWeights(layers), description);
    }

    private protected override unsafe void PredictBlock(float* rows, int stride, int count, Span<float> probabilities)
    {
        using var logits = new AlignedBuffer<double>((long)(count + (count & 1)) * _forward.LogitStride);
        _forward.Logits(rows, stride, count, logits.Pointer);
        for (var row = 0; row < count; row++)
        {
            _forward.Softmax(logits.Pointer + ((long)row * _forward.LogitStride), InverseTemperature, probabilities.Slice(row * Labels.Count, Labels.Count));
        }
    }
}
