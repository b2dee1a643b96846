using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>bfloat16, the upper half of a float, to and from float.</summary>
internal static class BFloat16Conversion
{
    /// <summary>The float that a bfloat16 is.</summary>
    public static float ToFloat(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest bfloat16, ties to even; every NaN becomes the quiet one of its sign.</summary>
    public static ushort FromFloat(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)(float.IsNegative(value) ? 0xFFC0 : 0x7FC0)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>A BFloat16 tensor as Float32.</summary>
    public static Tensor ToFloat(Tensor tensor)
    {
        var result = Tensor.Zeros(DataType.Float32, tensor.Shape);
        var source = tensor.AsSpan<ushort>();
        var target = result.AsSpan<float>();
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = ToFloat(source[i]);
        }

        return result;
    }

    /// <summary>A Float32 tensor rounded to BFloat16.</summary>
    public static Tensor FromFloat(Tensor tensor)
    {
        var result = Tensor.Zeros(DataType.BFloat16, tensor.Shape);
        var source = tensor.AsSpan<float>();
        var target = result.AsSpan<ushort>();
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = FromFloat(source[i]);
        }

        return result;
    }
}
