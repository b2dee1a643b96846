using System.Globalization;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>The geometry of a two-dimensional convolution or pooling over NHWC maps.</summary>
/// <param name="Batch">Images.</param>
/// <param name="InHeight">Input rows.</param>
/// <param name="InWidth">Input columns.</param>
/// <param name="InChannels">Input channels.</param>
/// <param name="OutHeight">Output rows.</param>
/// <param name="OutWidth">Output columns.</param>
/// <param name="OutChannels">Output channels.</param>
/// <param name="KernelHeight">Window rows.</param>
/// <param name="KernelWidth">Window columns.</param>
/// <param name="StrideY">Input rows from one output row to the next.</param>
/// <param name="StrideX">Input columns from one output column to the next.</param>
/// <param name="DilationY">Input rows from one window row to the next.</param>
/// <param name="DilationX">Input columns from one window column to the next.</param>
/// <param name="PadTop">Rows of padding above; what lies below follows from the output's height.</param>
/// <param name="PadLeft">Columns of padding on the left.</param>
internal sealed record ConvolutionShape(
    int Batch, int InHeight, int InWidth, int InChannels, int OutHeight, int OutWidth, int OutChannels, int KernelHeight, int KernelWidth,
    int StrideY, int StrideX, int DilationY, int DilationX, int PadTop, int PadLeft)
{
    /// <summary>Whether every output pixel reads the one input pixel of the same number.</summary>
    public bool IsPointwise => this is { KernelHeight: 1, KernelWidth: 1, StrideX: 1, StrideY: 1, PadTop: 0, PadLeft: 0 } && OutHeight == InHeight && OutWidth == InWidth;

    /// <summary>Output pixels of the whole batch.</summary>
    public int OutPixels => Batch * OutHeight * OutWidth;

    /// <summary>Products in one output.</summary>
    public int Products => KernelHeight * KernelWidth * InChannels;

    /// <summary>Window and stride for profiles: "3×3/2", "1×7/1", "3×3/1 dilated 2×2".</summary>
    public string Layer => string.Create(
        CultureInfo.InvariantCulture,
        $"{KernelHeight}×{KernelWidth}/{StrideY}{(StrideX == StrideY ? "" : $"×{StrideX}")}{(DilationY == 1 && DilationX == 1 ? "" : $" dilated {DilationY}×{DilationX}")}");

    /// <summary>Whether a window never reaches over the left or right edge.</summary>
    public bool StaysInsideRows => PadLeft == 0 && ((OutWidth - 1) * StrideX) + ((KernelWidth - 1) * DilationX) < InWidth;
}
