using System.Runtime.Intrinsics;

namespace MlTransfer.Features.Engines.Managed.Kernels.Lanes;

/// <summary>Which register widths there are.</summary>
internal static class LaneWidths
{
    /// <summary>The widest that the processor has in hardware.</summary>
    public static LaneWidth Best { get; } =
        Vector512.IsHardwareAccelerated ? LaneWidth.Bits512
        : Vector256.IsHardwareAccelerated ? LaneWidth.Bits256
        : Vector128.IsHardwareAccelerated ? LaneWidth.Bits128
        : LaneWidth.Scalar;

    /// <summary>All of them; those the processor lacks are emulated.</summary>
    public static IReadOnlyList<LaneWidth> All { get; } = [LaneWidth.Scalar, LaneWidth.Bits128, LaneWidth.Bits256, LaneWidth.Bits512];
}
