namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>A register tile: the innermost part of convolution, chosen by register width.</summary>
internal unsafe interface IConvolutionTile
{
    /// <summary>Output pixels in a tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Output channels in a tile, which is the width of a packed panel.</summary>
    static abstract int Columns { get; }

    /// <summary>Computes the sums of one tile, bias included.</summary>
    static abstract void Run(TileArguments* tile);

    /// <summary>As <see cref="Run"/>, of the first half of the columns alone; the others' sums are not written.</summary>
    static abstract void RunNarrow(TileArguments* tile);

    /// <summary>As <see cref="Run"/> for one tap, of the first half of the rows alone; the others' sums need not be written.</summary>
    static abstract void RunShort(TileArguments* tile);
}
