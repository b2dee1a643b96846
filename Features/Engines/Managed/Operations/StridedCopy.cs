using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>Moves elements between a dense box and a strided one: the one primitive under slice, transpose, pad, concat, tile, reverse …</summary>
internal static class StridedCopy
{
    /// <summary>Reads a strided box of a tensor into a new dense tensor.</summary>
    /// <param name="source">The tensor read.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="strides">Step in the source along each dimension of the result, in elements; may be 0 or negative.</param>
    /// <param name="offset">Place of the first element in the source.</param>
    public static Tensor Gather(Tensor source, TensorShape shape, int[] strides, int offset)
    {
        var result = Tensor.Zeros(source.Type, shape);
        Move(source.Storage, strides, offset, result.Storage, DenseStrides(shape), 0, shape);
        return result;
    }

    /// <summary>Writes a dense tensor into a strided box of another, which the caller has just made.</summary>
    public static void Scatter(Tensor source, Tensor target, int[] strides, int offset) =>
        Move(source.Storage, DenseStrides(source.Shape), 0, target.Storage, strides, offset, source.Shape);

    /// <summary>Steps of a dense tensor in C order.</summary>
    public static int[] DenseStrides(TensorShape shape)
    {
        var strides = new int[shape.Rank];
        var step = 1;
        for (var i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= shape[i];
        }

        return strides;
    }

    private static void Move(Array source, int[] sourceStrides, int sourceOffset, Array target, int[] targetStrides, int targetOffset, TensorShape shape)
    {
        switch (source)
        {
            case float[] values: Move(values, sourceStrides, sourceOffset, (float[])target, targetStrides, targetOffset, shape); break;
            case double[] values: Move(values, sourceStrides, sourceOffset, (double[])target, targetStrides, targetOffset, shape); break;
            case Half[] values: Move(values, sourceStrides, sourceOffset, (Half[])target, targetStrides, targetOffset, shape); break;
            case bool[] values: Move(values, sourceStrides, sourceOffset, (bool[])target, targetStrides, targetOffset, shape); break;
            case byte[][] values: Move(values, sourceStrides, sourceOffset, (byte[][])target, targetStrides, targetOffset, shape); break;

            // Signed and unsigned arrays of one size pass for each other here, which moving may do.
            case byte[] values: Move(values, sourceStrides, sourceOffset, (byte[])target, targetStrides, targetOffset, shape); break;
            case short[] values: Move(values, sourceStrides, sourceOffset, (short[])target, targetStrides, targetOffset, shape); break;
            case int[] values: Move(values, sourceStrides, sourceOffset, (int[])target, targetStrides, targetOffset, shape); break;
            case long[] values: Move(values, sourceStrides, sourceOffset, (long[])target, targetStrides, targetOffset, shape); break;
            default: throw new NotSupportedException($"Elements of {source.GetType().Name} can not be moved.");
        }
    }

    private static void Move<T>(T[] source, int[] sourceStrides, int sourceOffset, T[] target, int[] targetStrides, int targetOffset, TensorShape shape)
    {
        if (shape.Count == 0)
        {
            return;
        }

        var rows = new BroadcastRows(shape, sourceStrides, targetStrides);
        var sourceStep = rows.Step(0);
        var targetStep = rows.Step(1);
        while (rows.Next())
        {
            var from = sourceOffset + rows.Offset(0);
            var to = targetOffset + rows.Offset(1);
            if (sourceStep == 1 && targetStep == 1)
            {
                Array.Copy(source, from, target, to, rows.Length);
                continue;
            }

            for (var i = 0; i < rows.Length; i++)
            {
                target[to] = source[from];
                from += sourceStep;
                to += targetStep;
            }
        }
    }
}
