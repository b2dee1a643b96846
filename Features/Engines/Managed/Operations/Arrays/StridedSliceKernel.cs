using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>StridedSlice: Python's x[a:b:c, ..., new, i] with its five bit masks.</summary>
/// <remarks>Source: TensorFlow, core/util/strided_slice_op.cc.</remarks>
internal static class StridedSliceKernel
{
    public static Tensor[] Run(OperationContext context)
    {
        var tensor = context.Inputs[0];
        var (begins, ends, steps) = (context.IntValues(1), context.IntValues(2), context.IntValues(3));
        if (begins.Length != ends.Length || begins.Length != steps.Length || begins.Length > 63)
        {
            throw context.Fail($"begin, end and strides have {begins.Length}, {ends.Length} and {steps.Length} values; they must be equal and at most 63");
        }

        var (beginMask, endMask, ellipsisMask) = (context.Int("begin_mask"), context.Int("end_mask"), context.Int("ellipsis_mask"));
        var (newAxisMask, shrinkMask) = (context.Int("new_axis_mask"), context.Int("shrink_axis_mask"));
        if (long.PopCount(ellipsisMask) > 1)
        {
            throw context.Fail("only one ellipsis is allowed");
        }

        var dense = StridedCopy.DenseStrides(tensor.Shape);
        var (shape, extents, strides) = (new List<int>(), new List<int>(), new List<int>());
        var (dimension, offset) = (0, 0);
        for (var i = 0; i < begins.Length; i++)
        {
            if (Has(ellipsisMask, i))
            {
                var taken = Enumerable.Range(i + 1, begins.Length - i - 1).Count(later => !Has(newAxisMask, later));
                KeepUntil(tensor.Shape.Rank - taken);
            }
            else if (Has(newAxisMask, i))
            {
                shape.Add(1);
            }
            else if (dimension >= tensor.Shape.Rank)
            {
                throw context.Fail($"shape {tensor.Shape} has fewer dimensions than are sliced");
            }
            else
            {
                var extent = tensor.Shape[dimension];
                var (begin, size) = Has(shrinkMask, i)
                    ? (Element(context, begins[i], steps[i], extent, dimension), 1)
                    : Interval(context, Has(beginMask, i) ? null : begins[i], Has(endMask, i) ? null : ends[i], steps[i], extent);
                if (!Has(shrinkMask, i))
                {
                    shape.Add(size);
                }

                extents.Add(size);
                strides.Add(size > 1 ? (int)steps[i] * dense[dimension] : 0);
                offset += size > 0 ? begin * dense[dimension] : 0;
                dimension++;
            }
        }

        KeepUntil(tensor.Shape.Rank);
        return [StridedCopy.Gather(tensor, new TensorShape([.. extents]), [.. strides], offset).Reshape(new TensorShape([.. shape]))];

        void KeepUntil(int end)
        {
            for (; dimension < end; dimension++)
            {
                shape.Add(tensor.Shape[dimension]);
                extents.Add(tensor.Shape[dimension]);
                strides.Add(dense[dimension]);
            }
        }
    }

    private static bool Has(long mask, int bit) => ((mask >> bit) & 1) != 0;

    private static int Element(OperationContext context, long index, long step, int extent, int dimension)
    {
        var place = index < 0 ? index + extent : index;
        if (step <= 0)
        {
            throw context.Fail($"dimension {dimension} is indexed with stride {step}; only a positive one is allowed");
        }

        return place >= 0 && place < extent ? (int)place : throw context.Fail($"index {index} of dimension {dimension} is out of bounds for extent {extent}");
    }

    private static (int Begin, int Size) Interval(OperationContext context, long? begin, long? end, long step, int extent)
    {
        if (step == 0)
        {
            throw context.Fail("a stride is 0");
        }

        // Walking backwards, "before the first cell" is −1.
        var (low, high) = step > 0 ? (0L, (long)extent) : (-1L, extent - 1L);
        var first = begin is { } b ? Math.Clamp(b < 0 ? b + extent : b, low, high) : step > 0 ? low : high;
        var last = end is { } e ? Math.Clamp(e < 0 ? e + extent : e, low, high) : step > 0 ? high : low;
        var length = last - first;
        return length == 0 || length < 0 != step < 0 ? (0, 0) : ((int)first, (int)((length / step) + (length % step != 0 ? 1 : 0)));
    }
}
