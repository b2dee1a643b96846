using System.Runtime.CompilerServices;

namespace MlTransfer.Features.Tensors;

/// <summary>bfloat16 numbers as raw bits: the upper half of a 32-bit float.</summary>
internal static class BFloat16Bits
{
    /// <summary>The number; exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest bfloat16, ties to even; every NaN becomes the quiet NaN.</summary>
    public static ushort FromSingle(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)(0x7FC0 | ((bits >> 16) & 0x8000)) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
