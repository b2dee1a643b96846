using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Boxes and permutations of tensors, made by copying.</summary>
internal static class Arrangement
{
    /// <summary>A box of a tensor; arguments are trusted.</summary>
    public static Tensor Slice(Tensor tensor, ReadOnlySpan<int> begin, int[] size)
    {
        var strides = StridedCopy.DenseStrides(tensor.Shape);
        var offset = 0;
        for (var i = 0; i < strides.Length; i++)
        {
            offset += begin[i] * strides[i];
        }

        return StridedCopy.Gather(tensor, new TensorShape(size), strides, offset);
    }

    /// <summary>A part of a tensor along one dimension.</summary>
    public static Tensor Slice(Tensor tensor, int axis, int begin, int size)
    {
        var begins = new int[tensor.Shape.Rank];
        var sizes = tensor.Shape.ToArray();
        begins[axis] = begin;
        sizes[axis] = size;
        return Slice(tensor, begins, sizes);
    }

    /// <summary>Dimension i of the result is dimension <paramref name="permutation"/>[i] of the tensor.</summary>
    public static Tensor Transpose(Tensor tensor, params int[] permutation)
    {
        var strides = StridedCopy.DenseStrides(tensor.Shape);
        var shape = tensor.Shape;
        return StridedCopy.Gather(tensor, new TensorShape(Array.ConvertAll(permutation, axis => shape[axis])), Array.ConvertAll(permutation, axis => strides[axis]), 0);
    }

    /// <summary>Tensors of one type joined along a dimension; shapes are trusted.</summary>
    public static Tensor Concat(IReadOnlyList<Tensor> parts, int axis, TensorShape shape)
    {
        var result = Tensor.Zeros(parts[0].Type, shape);
        var strides = StridedCopy.DenseStrides(shape);
        var offset = 0;
        foreach (var part in parts)
        {
            StridedCopy.Scatter(part, result, strides, offset);
            offset += part.Shape[axis] * strides[axis];
        }

        return result;
    }

    /// <summary>A tensor inside a larger one that is filled with one value.</summary>
    /// <param name="tensor">The inner tensor.</param>
    /// <param name="shape">Shape of the outer.</param>
    /// <param name="before">Cells before the inner tensor along each dimension.</param>
    /// <param name="filling">A tensor whose first element fills, or null for zeros.</param>
    public static Tensor Place(Tensor tensor, TensorShape shape, ReadOnlySpan<int> before, Tensor? filling)
    {
        var result = filling is null ? Tensor.Zeros(tensor.Type, shape) : Broadcasting.Expand(filling.Reshape(TensorShape.Scalar), shape);
        if (ReferenceEquals(result.Storage, filling?.Storage))
        {
            // Of a scalar nothing was copied; what is written to must be the result's own.
            result = StridedCopy.Gather(result, shape, new int[shape.Rank], 0);
        }

        var strides = StridedCopy.DenseStrides(shape);
        var offset = 0;
        for (var i = 0; i < strides.Length; i++)
        {
            offset += before[i] * strides[i];
        }

        StridedCopy.Scatter(tensor, result, strides, offset);
        return result;
    }

    /// <summary>Cells chosen along each dimension: cell p of the result is cell <paramref name="maps"/>[d][p d] of the tensor.</summary>
    public static Tensor Take(Tensor tensor, int[][] maps)
    {
        for (var axis = 0; axis < maps.Length; axis++)
        {
            var map = maps[axis];
            var shape = tensor.Shape.ToArray();
            shape[axis] = map.Length;
            var result = Tensor.Zeros(tensor.Type, new TensorShape(shape));
            var outer = 1;
            for (var i = 0; i < axis; i++)
            {
                outer *= shape[i];
            }

            var row = outer == 0 || tensor.Shape[axis] == 0 ? 0 : tensor.Count / outer / tensor.Shape[axis];
            for (var o = 0; o < outer && row > 0; o++)
            {
                for (var i = 0; i < map.Length; i++)
                {
                    Array.Copy(tensor.Storage, ((o * tensor.Shape[axis]) + map[i]) * row, result.Storage, ((o * map.Length) + i) * row, row);
                }
            }

            tensor = result;
        }

        return tensor;
    }
}
