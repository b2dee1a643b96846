using System.Runtime.Intrinsics.X86;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Quantized;

/// <summary>Tells which convolutions are done in bytes when the engine may, and makes their work.</summary>
internal static unsafe class QuantizedKernels
{
    /// <summary>With fewer products the turning into bytes costs more than it saves, and few channels, a photo's above all, bear rounding badly.</summary>
    private const int FewestChannels = 16;

    /// <summary>As many products of bytes are below 2³¹ whatever the bytes are, so that their sum is exact.</summary>
    private const int MostProducts = int.MaxValue / (PixelQuantizer.Highest * PixelQuantizer.Highest);

    /// <summary>Whether a convolution that has no Toom–Cook scheme is done in bytes; with a scheme, floats are as fast.</summary>
    public static bool Pays(ConvolutionShape shape) => shape.InChannels >= FewestChannels && shape.OutChannels >= FewestChannels && shape.Products <= MostProducts;

    /// <summary>Output channels in a panel at a register width.</summary>
    public static int PanelWidth(LaneWidth width) => Tile(width) switch
    {
        LaneWidth.Bits512 => QuantizedTile512.Columns,
        LaneWidth.Bits256 => QuantizedTile256.Columns,
        _ => QuantizedTileScalar.Columns,
    };

    /// <summary>Makes the work for one convolution.</summary>
    /// <param name="width">Register width; the filter is packed for it.</param>
    /// <param name="shape">Geometry.</param>
    /// <param name="filter">Quantised weights.</param>
    /// <param name="zeros">At least as many zeros as there are input channels.</param>
    /// <param name="low">Lower limit.</param>
    /// <param name="high">Upper limit.</param>
    /// <param name="threads">Threads that will share it.</param>
    public static ConvolutionWork Create(LaneWidth width, ConvolutionShape shape, QuantizedFilter filter, float* zeros, float low, float high, int threads) => Tile(width) switch
    {
        LaneWidth.Bits512 => new QuantizedConvolution<QuantizedTile512>(shape, filter, zeros, low, high, threads),
        LaneWidth.Bits256 => new QuantizedConvolution<QuantizedTile256>(shape, filter, zeros, low, high, threads),
        _ => new QuantizedConvolution<QuantizedTileScalar>(shape, filter, zeros, low, high, threads),
    };

    /// <summary>These instructions are not emulated.</summary>
    private static LaneWidth Tile(LaneWidth width) =>
        width == LaneWidth.Bits512 && Avx512BW.IsSupported ? LaneWidth.Bits512
        : width >= LaneWidth.Bits256 && Avx2.IsSupported ? LaneWidth.Bits256
        : LaneWidth.Scalar;
}
