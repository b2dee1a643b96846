using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs;

/// <summary>A shape as a graph states it: the rank may be unknown, and so may any extent (−1).</summary>
/// <param name="Extents">Extents, −1 where unknown; null where even the rank is unknown.</param>
public sealed record PartialShape(IReadOnlyList<long>? Extents)
{
    /// <summary>The shape of which nothing is known.</summary>
    public static PartialShape Unknown { get; } = new((IReadOnlyList<long>?)null);

    /// <summary>Whether a tensor of this shape is allowed.</summary>
    public bool Allows(TensorShape shape)
    {
        if (Extents is null)
        {
            return true;
        }

        if (Extents.Count != shape.Rank)
        {
            return false;
        }

        for (var i = 0; i < shape.Rank; i++)
        {
            if (Extents[i] >= 0 && Extents[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>TensorFlow's spelling: [?,299,299,3], or &lt;unknown&gt;.</summary>
    public override string ToString() =>
        Extents is null ? "<unknown>" : $"[{string.Join(",", Extents.Select(extent => extent < 0 ? "?" : extent.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}
