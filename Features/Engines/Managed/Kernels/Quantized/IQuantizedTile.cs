namespace MlTransfer.Features.Engines.Managed.Kernels.Quantized;

/// <summary>The innermost part of a convolution of bytes: sums of products of some pixels and output channels, exact in 32 bits.</summary>
internal unsafe interface IQuantizedTile
{
    /// <summary>Output pixels in a tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Output channels in a tile.</summary>
    static abstract int Columns { get; }

    /// <summary>Computes the sums.</summary>
    /// <param name="bytes">The first pixel's bytes.</param>
    /// <param name="pitch">Bytes from one pixel to the next, a multiple of <see cref="QuantizedFilter.Group"/>.</param>
    /// <param name="weights">The panel.</param>
    /// <param name="groups">Products in fours.</param>
    /// <param name="sums">[rows, columns].</param>
    static abstract void Run(byte* bytes, nint pitch, sbyte* weights, nint groups, int* sums);
}
