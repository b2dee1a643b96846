using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>From the order of coding to the natural place (row × 8 + column) of a coefficient (ITU-T T.81, figure A.6).</summary>
internal static unsafe class ZigZag
{
    /// <summary>64 places; 16 more of value 63 catch runs of damaged data that lead beyond the block.</summary>
    public static ReadOnlySpan<byte> NaturalOrder =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    ];

    /// <summary>The same as an address: the table is constant data of the assembly and does not move.</summary>
    public static byte* NaturalOrderPointer => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(NaturalOrder));
}
