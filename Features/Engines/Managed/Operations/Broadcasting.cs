using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>TensorFlow's (NumPy's) broadcasting: shapes are aligned at the innermost dimension and extents of 1 repeat.</summary>
internal static class Broadcasting
{
    /// <summary>The shape two shapes broadcast to.</summary>
    /// <exception cref="OperationException">They do not.</exception>
    public static TensorShape Shape(OperationContext context, TensorShape left, TensorShape right)
    {
        var extents = new int[Math.Max(left.Rank, right.Rank)];
        for (var i = 1; i <= extents.Length; i++)
        {
            var a = i <= left.Rank ? left[left.Rank - i] : 1;
            var b = i <= right.Rank ? right[right.Rank - i] : 1;
            extents[^i] = a == b || b == 1 ? a : a == 1 ? b : throw context.Fail($"shapes {left} and {right} do not broadcast: extents must be equal or 1");
        }

        return context.Shape(Array.ConvertAll(extents, extent => (long)extent));
    }

    /// <summary>For each dimension of <paramref name="target"/> the step in <paramref name="source"/>'s elements; 0 where it repeats.</summary>
    public static int[] Strides(TensorShape source, TensorShape target)
    {
        var strides = new int[target.Rank];
        var step = 1;
        for (var i = 1; i <= source.Rank; i++)
        {
            var extent = source[source.Rank - i];
            strides[^i] = extent == 1 ? 0 : step;
            step *= extent;
        }

        return strides;
    }

    /// <summary>Applies a function of two numbers to every pair.</summary>
    /// <param name="context">For messages.</param>
    /// <param name="type">Element type of the result, stored as <typeparamref name="TResult"/>.</param>
    /// <param name="left">First input, stored as <typeparamref name="T"/>.</param>
    /// <param name="right">Second input.</param>
    /// <param name="function">The function.</param>
    public static Tensor Binary<T, TResult>(OperationContext context, DataType type, Tensor left, Tensor right, Func<T, T, TResult> function)
    {
        var shape = Shape(context, left.Shape, right.Shape);
        var result = Tensor.Zeros(type, shape);
        var values = result.AsSpan<TResult>();
        var a = left.AsSpan<T>();
        var b = right.AsSpan<T>();
        if (left.Shape == right.Shape)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = function(a[i], b[i]);
            }

            return result;
        }

        var rows = new BroadcastRows(shape, Strides(left.Shape, shape), Strides(right.Shape, shape));
        while (rows.Next())
        {
            for (var i = 0; i < rows.Length; i++)
            {
                values[rows.Target + i] = function(a[rows.Offset(0) + (i * rows.Step(0))], b[rows.Offset(1) + (i * rows.Step(1))]);
            }
        }

        return result;
    }

    /// <summary>The tensor repeated to a shape it broadcasts to.</summary>
    public static Tensor Expand(Tensor tensor, TensorShape shape) =>
        tensor.Shape == shape ? tensor : StridedCopy.Gather(tensor, shape, Strides(tensor.Shape, shape), 0);
}
