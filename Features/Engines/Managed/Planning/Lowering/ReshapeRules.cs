using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Result shapes of Reshape, Squeeze and ExpandDims.</summary>
internal static class ReshapeRules
{
    /// <summary>The new shape; null where it is not known or not legal, which the plain kernel then reports.</summary>
    /// <param name="node">The node.</param>
    /// <param name="shape">The input's shape.</param>
    /// <param name="argument">The second input, if there is one and it is known.</param>
    public static TensorShape? Infer(FlowNode node, TensorShape shape, Tensor? argument)
    {
        long[]? numbers = argument switch
        {
            { Type: DataType.Int32 } => Array.ConvertAll(argument.AsSpan<int>().ToArray(), value => (long)value),
            { Type: DataType.Int64 } => argument.AsSpan<long>().ToArray(),
            _ => null,
        };
        return node.Op switch
        {
            "Squeeze" => Squeeze(shape, [.. node.Attribute("squeeze_dims").List.Select(element => element.Int)]),
            "ExpandDims" => numbers is [var axis] ? ExpandDims(shape, axis) : null,
            _ => numbers is not null && argument!.Shape.Rank == 1 ? Reshape(shape, numbers) : null,
        };
    }

    private static TensorShape? Reshape(TensorShape shape, long[] extents)
    {
        var free = -1;
        long known = 1;
        for (var i = 0; i < extents.Length; i++)
        {
            if (extents[i] == -1 && free < 0)
            {
                free = i;
            }
            else if (extents[i] is < 0 or > int.MaxValue || (known *= extents[i]) > int.MaxValue)
            {
                return null;
            }
        }

        if (free >= 0)
        {
            if (known == 0 || shape.Count % known != 0)
            {
                return null;
            }

            extents[free] = shape.Count / known;
            known *= extents[free];
        }

        return known == shape.Count ? new TensorShape(Array.ConvertAll(extents, extent => (int)extent)) : null;
    }

    private static TensorShape? Squeeze(TensorShape shape, long[] axes)
    {
        var kept = new List<int>();
        for (var i = 0; i < shape.Rank; i++)
        {
            var named = axes.Contains(i) || axes.Contains(i - shape.Rank);
            if (named && shape[i] != 1)
            {
                return null;
            }

            if (!named && (axes.Length > 0 || shape[i] != 1))
            {
                kept.Add(shape[i]);
            }
        }

        return Array.TrueForAll(axes, axis => axis >= -shape.Rank && axis < shape.Rank) ? new TensorShape([.. kept]) : null;
    }

    private static TensorShape? ExpandDims(TensorShape shape, long axis)
    {
        var at = (int)Math.Clamp(axis < 0 ? axis + shape.Rank + 1 : axis, -1, int.MaxValue);
        return at < 0 || at > shape.Rank ? null : new TensorShape([.. shape.Extents[..at], 1, .. shape.Extents[at..]]);
    }
}
