using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Extraction;

/// <summary>Runs a backbone: prepared images in, one vector of features an image and tap out.</summary>
/// <remarks>
/// A map [N,H,W,C] is averaged over H and W, in float64 and in the map's own order, so a row depends on its image alone.
/// Thread-safe as the engine's session is: runs follow one another.
/// </remarks>
public sealed class FeatureExtractor : IDisposable
{
    private readonly Lazy<IGraphSession> _session;

    /// <summary>Prepares an extractor; the graph is read and compiled when the first image comes, or by <see cref="Compile"/>.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="taps">Taps wanted, at least one.</param>
    /// <param name="engine">What runs the graph.</param>
    /// <param name="options">How; null for the engine's defaults. The precision is the backbone's, whatever they say.</param>
    public FeatureExtractor(Backbone backbone, IReadOnlyList<BackboneTap> taps, IGraphEngine engine, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(taps);
        ArgumentOutOfRangeException.ThrowIfZero(taps.Count);
        Backbone = backbone;
        Taps = taps;
        var own = (options ?? new EngineOptions()) with { Precision = backbone.Precision };
        _session = new Lazy<IGraphSession>(
            () => engine.Compile(GraphFile.Read(backbone.GraphPath), [backbone.Input], [.. taps.Select(tap => tap.Tensor)], own));
    }

    /// <summary>The backbone.</summary>
    public Backbone Backbone { get; }

    /// <summary>The taps that a run gives, in order.</summary>
    public IReadOnlyList<BackboneTap> Taps { get; }

    /// <summary>Reads and compiles the graph now.</summary>
    /// <exception cref="GraphFormatException">The graph can not be read, or lacks a tensor.</exception>
    public void Compile() => _ = _session.Value;

    /// <summary>Computes the features of prepared images.</summary>
    /// <param name="input">
    /// What the backbone's input takes: float32 [N,height,width,3] as <see cref="Backbone.Preprocessing"/> makes it, or a scalar string of one file's bytes.
    /// </param>
    /// <param name="images">N.</param>
    /// <param name="cancellation">Stops between operations.</param>
    /// <returns>For each tap N × dimension numbers, row by row.</returns>
    /// <exception cref="InvalidDataException">A tap has another shape than one vector or one map an image; the message names it.</exception>
    public IReadOnlyList<float[]> Extract(Tensor input, int images, CancellationToken cancellation = default)
    {
        var outputs = _session.Value.Run([input], cancellation);
        var features = new float[outputs.Count][];
        for (var i = 0; i < features.Length; i++)
        {
            features[i] = ToRows(outputs[i], images, Taps[i]);
            if (features[i].Length != images * Taps[i].Dimension)
            {
                throw new InvalidDataException(
                    $"{Backbone.GraphPath}: tensor {Taps[i].Tensor} gives {features[i].Length / images} features an image; tap '{Taps[i].Name}' should have {Taps[i].Dimension}.");
            }
        }

        return features;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_session.IsValueCreated)
        {
            _session.Value.Dispose();
        }
    }

    /// <summary>One row an image from a vector or a map.</summary>
    internal static float[] ToRows(Tensor output, int images, BackboneTap tap)
    {
        var shape = output.Shape;
        if (output.Type != DataType.Float32)
        {
            throw new InvalidDataException($"tensor {tap.Tensor} is of type {Tensor.NameOf(output.Type)}; features are float32. Name another tensor.");
        }

        // A graph that takes one file's bytes may squeeze the batch away.
        if (images == 1 && shape.Rank == 1)
        {
            return output.AsSpan<float>().ToArray();
        }

        if (shape.Rank is not (2 or 4) || shape[0] != images)
        {
            throw new InvalidDataException(
                $"tensor {tap.Tensor} has shape {shape} for {images} image{(images == 1 ? "" : "s")}; [{images},features] or a map [{images},height,width,channels] is expected. Name another tensor.");
        }

        return shape.Rank == 2 ? output.AsSpan<float>().ToArray() : AverageMap(output.AsSpan<float>(), images, shape[1] * shape[2], shape[3]);
    }

    private static float[] AverageMap(ReadOnlySpan<float> map, int images, int positions, int channels)
    {
        var rows = new float[images * channels];
        if (positions == 1)
        {
            map.CopyTo(rows);
            return rows;
        }

        var sums = new double[channels];
        for (var image = 0; image < images; image++)
        {
            Array.Clear(sums);
            for (var position = 0; position < positions; position++)
            {
                var cell = map.Slice((image * positions + position) * channels, channels);
                for (var channel = 0; channel < cell.Length; channel++)
                {
                    sums[channel] += cell[channel];
                }
            }

            for (var channel = 0; channel < channels; channel++)
            {
                rows[image * channels + channel] = (float)(sums[channel] / positions);
            }
        }

        return rows;
    }
}
