namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>What one register tile of a convolution needs.</summary>
internal unsafe struct TileArguments
{
    /// <summary>For each tap, the tile's row pointers: where the input channels under that tap of each output pixel begin.</summary>
    public float** Rows;

    /// <summary>Number of taps.</summary>
    public int Taps;

    /// <summary>Floats read under each tap.</summary>
    public int Depth;

    /// <summary>The packed panel: taps × depth rows of one tile's width.</summary>
    public float* Weights;

    /// <summary>What the sums begin with: one bias a column of the panel, or, with a pitch, the sums of an earlier tile.</summary>
    public float* Start;

    /// <summary>Floats from what one row begins with to the next row's; 0 where all rows begin with the same biases.</summary>
    public nint StartPitch;

    /// <summary>Where the tile's sums go, rows × columns.</summary>
    public float* Sums;

    /// <summary>Whether results go to <see cref="Output"/> at once, limited, and not to <see cref="Sums"/>: for whole tiles to which nothing is added.</summary>
    public bool IsWrittenAtOnce;

    /// <summary>Lower limit of the result.</summary>
    public float Low;

    /// <summary>Upper limit of the result.</summary>
    public float High;

    /// <summary>First output of the tile.</summary>
    public float* Output;

    /// <summary>Floats from one output pixel to the next.</summary>
    public nint OutputPitch;

    /// <summary>Added before limiting, or null.</summary>
    public float* Addend;

    /// <summary>Floats from one pixel of the addend to the next.</summary>
    public nint AddendPitch;

    /// <summary>Output pixels that exist, 1 to the tile's height.</summary>
    public int ValidRows;

    /// <summary>Output channels that exist, 1 to the tile's width.</summary>
    public int ValidColumns;
}
