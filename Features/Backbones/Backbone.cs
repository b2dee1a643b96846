using MlTransfer.Features.Engines;
using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Features.Backbones;

/// <summary>A frozen network with all that is needed to turn a photo into features: graph, input, preprocessing, taps.</summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public sealed record Backbone
{
    private const string GraphDecodes = "graph";
    private const string FeedMark = ";feed=";
    private const string Int8Mark = ";precision=int8";

    /// <summary>Stable name, stored in caches and heads.</summary>
    public required string Id { get; init; }

    /// <summary>One line for people.</summary>
    public required string Title { get; init; }

    /// <summary>The graph's file.</summary>
    public required string GraphPath { get; init; }

    /// <summary>SHA-256 of the graph's file, lower-case hexadecimal. What identifies the network; the id is only its name.</summary>
    public required string GraphSha256 { get; init; }

    /// <summary>Where the graph's weights come from.</summary>
    public required string Source { get; init; }

    /// <summary>SPDX identifier of the licence, or "unknown".</summary>
    public required string Licence { get; init; }

    /// <summary>The tensor that takes the images: float32 [N,height,width,3], or a scalar string of an image file's bytes.</summary>
    public required string Input { get; init; }

    /// <summary>How a decoded photo becomes the input; null where the graph decodes and scales the file's bytes itself.</summary>
    public required ImagePreprocessing? Preprocessing { get; init; }

    /// <summary>The numbers that the engine computes with. Another precision gives other features: it is part of <see cref="PreprocessingId"/>, hence of cache keys and heads.</summary>
    public Precision Precision { get; init; }

    /// <summary>Images the graph takes at once: 1 where a shape inside it is pinned, else <see cref="int.MaxValue"/>.</summary>
    public int MaxBatch { get; init; } = int.MaxValue;

    /// <summary>Tensors that serve as features; the first is the default (the bottleneck).</summary>
    public required IReadOnlyList<BackboneTap> Taps { get; init; }

    /// <summary>
    /// Text that stands for all that happens to an image before the graph, in cache keys and heads: the preprocessing's id (or "graph", where the
    /// graph decodes the file's bytes itself), the tensor that is fed, and the precision where it is not single.
    /// </summary>
    public string PreprocessingId => $"{Preprocessing?.Id ?? GraphDecodes}{FeedMark}{Input}{(Precision == Precision.Int8 ? Int8Mark : string.Empty)}";

    /// <summary>Reads what <see cref="PreprocessingId"/> writes.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static (ImagePreprocessing? Preprocessing, string Input, Precision Precision) ParsePreprocessingId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var mark = id.IndexOf(FeedMark, StringComparison.Ordinal);
        if (mark < 0)
        {
            throw new FormatException($"'{id}' is not a preprocessing: it does not name the tensor that is fed.");
        }

        var input = id[(mark + FeedMark.Length)..];
        var precision = Precision.Float32;
        if (input.EndsWith(Int8Mark, StringComparison.Ordinal))
        {
            (input, precision) = (input[..^Int8Mark.Length], Precision.Int8);
        }

        return (id[..mark] == GraphDecodes ? null : ImagePreprocessing.Parse(id[..mark]), input, precision);
    }

    /// <summary>Finds a tap by its name or by its tensor's.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists them.</exception>
    public BackboneTap Tap(string name) =>
        Taps.FirstOrDefault(tap => tap.Name == name || tap.Tensor == name || tap.Tensor == name + ":0")
        ?? throw new ArgumentException($"Backbone {Id} has no tap '{name}'; it has {string.Join(", ", Taps.Select(tap => tap.Name))}.", nameof(name));
}
