using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Quantization;

/// <summary>Which range belongs to an element: one for the whole tensor, or one for each place along an axis.</summary>
/// <param name="Slices">Number of ranges.</param>
/// <param name="Inner">Elements from one place along the axis to the next.</param>
internal readonly record struct SlicedAxis(int Slices, int Inner)
{
    /// <summary>Reads an axis attribute, where any negative number means the whole tensor.</summary>
    public static SlicedAxis Of(OperationContext context, TensorShape shape, long axis)
    {
        if (axis < 0)
        {
            return new SlicedAxis(1, Math.Max(1, shape.Count));
        }

        if (axis >= shape.Rank)
        {
            throw context.Fail($"axis is {axis}; less than {shape.Rank} is expected for an input of shape {shape}");
        }

        var inner = 1;
        for (var dimension = (int)axis + 1; dimension < shape.Rank; dimension++)
        {
            inner *= shape[dimension];
        }

        return new SlicedAxis(shape[(int)axis], inner);
    }

    /// <summary>The range that an element belongs to.</summary>
    public int Slice(int element) => element / Inner % Slices;

    /// <summary>The bounds in an input, one for each slice.</summary>
    public float[] Bounds(OperationContext context, int input)
    {
        var tensor = context.Inputs[input];
        return tensor.Count == Slices
            ? WideElements.Read<float>(tensor)
            : throw context.Fail($"input {input} has {tensor.Count} numbers, shape {tensor.Shape}; {Slices} are expected, one for each range");
    }
}
