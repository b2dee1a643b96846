namespace MlTransfer.Features.Engines.Managed.Kernels.Elementwise;

/// <summary>What is done to each element before it is limited.</summary>
internal enum ElementwiseKind
{
    /// <summary>Nothing.</summary>
    Copy,

    /// <summary>x · scale + shift, one scale and shift a channel.</summary>
    Affine,

    /// <summary>x + y.</summary>
    Add,

    /// <summary>x − y.</summary>
    Subtract,

    /// <summary>x · y.</summary>
    Multiply,

    /// <summary>x / y.</summary>
    Divide,
}
