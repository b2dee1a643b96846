namespace MlTransfer.Features.Engines.Managed.Kernels.Lanes;

/// <summary>The register width that kernels are run with.</summary>
internal enum LaneWidth
{
    /// <summary>One float at a time.</summary>
    Scalar = 1,

    /// <summary>128 bits.</summary>
    Bits128 = 4,

    /// <summary>256 bits.</summary>
    Bits256 = 8,

    /// <summary>512 bits.</summary>
    Bits512 = 16,
}
