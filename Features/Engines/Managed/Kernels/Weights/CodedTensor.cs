using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Kernels.Weights;

/// <summary>A constant of bytes, each of which stands for a float: quantised weights, kept as small as the graph has them.</summary>
/// <param name="shape">Extents.</param>
/// <param name="codes">A byte for each element.</param>
/// <param name="values">The float that each of the 256 bytes stands for.</param>
internal sealed class CodedTensor(TensorShape shape, byte[] codes, float[] values)
{
    /// <summary>Extents.</summary>
    public TensorShape Shape { get; } = shape;

    /// <summary>A byte for each element, C order.</summary>
    public byte[] Codes { get; } = codes;

    /// <summary>The float that each byte stands for.</summary>
    public float[] Values { get; } = values;

    /// <summary>The floats.</summary>
    public Tensor Decode()
    {
        var decoded = new float[Shape.Count];
        for (var i = 0; i < decoded.Length; i++)
        {
            decoded[i] = Values[Codes[i]];
        }

        return Tensor.From(Shape, decoded);
    }
}
