using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>What is known of a tensor's shape before it is run, in TensorFlow's order of dimensions.</summary>
/// <param name="Extents">Extents; null where even the rank is unknown.</param>
internal sealed record SymbolicShape(IReadOnlyList<SymbolicExtent>? Extents)
{
    /// <summary>A shape of which nothing is known.</summary>
    public static SymbolicShape Unknown { get; } = new((IReadOnlyList<SymbolicExtent>?)null);

    /// <summary>Number of dimensions, or −1.</summary>
    public int Rank => Extents?.Count ?? -1;

    /// <summary>Number of elements, or −1.</summary>
    public long Count => Extents is not null && Extents.All(extent => extent.IsKnown) ? Extents.Aggregate(1L, (product, extent) => product * extent.Value) : -1;

    /// <summary>An extent; unknown where the rank is.</summary>
    public SymbolicExtent this[int dimension] => Extents is null ? SymbolicExtent.Unknown : Extents[dimension];

    /// <summary>A shape of some extents.</summary>
    public static SymbolicShape Of(params SymbolicExtent[] extents) => new(extents);

    /// <summary>The shape of a tensor.</summary>
    public static SymbolicShape Of(TensorShape shape) => new([.. shape.ToArray().Select(extent => (SymbolicExtent)extent)]);

    /// <summary>The shape with a number of unknown extents.</summary>
    public static SymbolicShape OfRank(int rank) => new([.. Enumerable.Repeat(SymbolicExtent.Unknown, rank)]);

    /// <summary>The shape with one extent replaced.</summary>
    public SymbolicShape With(int dimension, SymbolicExtent extent) => Extents is null ? this : new([.. Extents.Select((old, i) => i == dimension ? extent : old)]);

    /// <summary>What an elementwise operation makes of two shapes.</summary>
    public static SymbolicShape Broadcast(SymbolicShape left, SymbolicShape right)
    {
        if (left.Extents is null || right.Extents is null)
        {
            return Unknown;
        }

        var rank = Math.Max(left.Rank, right.Rank);
        var extents = new SymbolicExtent[rank];
        for (var i = 0; i < rank; i++)
        {
            var (a, b) = (i - rank + left.Rank, i - rank + right.Rank);
            extents[i] = SymbolicExtent.Broadcast(a < 0 ? 1 : left[a], b < 0 ? 1 : right[b]);
        }

        return new SymbolicShape(extents);
    }

    /// <inheritdoc/>
    public override string ToString() => Extents is null ? "<unknown>" : $"[{string.Join(",", Extents)}]";
}
