namespace MlTransfer.Features.Engines.Managed.Flow;

/// <summary>The kinds of fused operations.</summary>
internal enum FusedKind
{
    /// <summary>Convolution with constant weights.</summary>
    Convolution,

    /// <summary>Depthwise convolution with constant weights.</summary>
    Depthwise,

    /// <summary>Product of a matrix with a constant one.</summary>
    Matrix,

    /// <summary>A scale and shift for each channel.</summary>
    Affine,

    /// <summary>Addition of two maps.</summary>
    Add,
}
