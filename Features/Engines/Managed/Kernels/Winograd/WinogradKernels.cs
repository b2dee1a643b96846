using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>Tells which convolutions have a scheme and pay for it, and makes their work.</summary>
internal static class WinogradKernels
{
    /// <summary>With fewer channels the transforms cost more than the products they save.</summary>
    private const int FewestChannels = 32;

    /// <summary>With fewer outputs along a dimension most of a tile would lie outside the map.</summary>
    private const int FewestOutputs = 7;

    /// <summary>The scheme for a convolution, or null where it is better done directly. Neither batch nor threads have a say: they must not change results.</summary>
    public static WinogradScheme? Choose(ConvolutionShape shape)
    {
        if (shape is not { StrideX: 1, StrideY: 1, DilationX: 1, DilationY: 1 } || shape.InChannels < FewestChannels || shape.OutChannels < FewestChannels
            || (shape.KernelHeight > 1 && shape.OutHeight < FewestOutputs) || (shape.KernelWidth > 1 && shape.OutWidth < FewestOutputs))
        {
            return null;
        }

        return (shape.KernelHeight, shape.KernelWidth) switch
        {
            (3, 3) => WinogradScheme.ThreeByThree,
            (5, 5) => WinogradScheme.FiveByFive,
            (1, 3) => WinogradScheme.ThreeAcross,
            (3, 1) => WinogradScheme.ThreeDown,
            (1, 7) => WinogradScheme.SevenAcross,
            (7, 1) => WinogradScheme.SevenDown,
            _ => null,
        };
    }

    /// <summary>Makes room for the weights of a scheme; the panels are still to be filled.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="source">[rows · columns · inChannels, outChannels].</param>
    /// <param name="bias">Bias for each output channel.</param>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="panelWidth">Columns of a tile.</param>
    public static WinogradFilter CreateFilter(WinogradScheme scheme, WeightMatrix source, ReadOnlySpan<float> bias, int inChannels, int panelWidth) => scheme switch
    {
        WinogradScheme.ThreeByThree => WinogradFilter.Create<FourOfThree, FourOfThree>(source, bias, inChannels, panelWidth),
        WinogradScheme.FiveByFive => WinogradFilter.Create<FourOfFive, FourOfFive>(source, bias, inChannels, panelWidth),
        WinogradScheme.ThreeAcross => WinogradFilter.Create<Untransformed, FourOfThree>(source, bias, inChannels, panelWidth),
        WinogradScheme.ThreeDown => WinogradFilter.Create<FourOfThree, Untransformed>(source, bias, inChannels, panelWidth),
        WinogradScheme.SevenAcross => WinogradFilter.Create<Untransformed, ThreeOfSeven>(source, bias, inChannels, panelWidth),
        _ => WinogradFilter.Create<ThreeOfSeven, Untransformed>(source, bias, inChannels, panelWidth),
    };

    /// <summary>Makes the work for one convolution.</summary>
    /// <param name="width">Register width; the filter is packed for it.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="shape">Geometry.</param>
    /// <param name="filter">Weights transformed for the scheme.</param>
    /// <param name="low">Lower limit.</param>
    /// <param name="high">Upper limit.</param>
    /// <param name="threads">Threads that will share it.</param>
    public static ConvolutionWork Create(LaneWidth width, WinogradScheme scheme, ConvolutionShape shape, WinogradFilter filter, float low, float high, int threads) => width switch
    {
        LaneWidth.Bits512 => Create<TwelveRowTile<Lanes512>, Lanes512>(scheme, shape, filter, low, high, threads),
        LaneWidth.Bits256 => Create<SixRowTile<Lanes256>, Lanes256>(scheme, shape, filter, low, high, threads),
        LaneWidth.Bits128 => Create<SixRowTile<Lanes128>, Lanes128>(scheme, shape, filter, low, high, threads),
        _ => Create<SixRowTile<ScalarLanes>, ScalarLanes>(scheme, shape, filter, low, high, threads),
    };

    private static ConvolutionWork Create<TTile, TLanes>(WinogradScheme scheme, ConvolutionShape shape, WinogradFilter filter, float low, float high, int threads)
        where TTile : struct, IConvolutionTile
        where TLanes : struct, ILanes<TLanes> => scheme switch
    {
        WinogradScheme.ThreeByThree => new WinogradConvolution<TTile, TLanes, FourOfThree, FourOfThree>(shape, filter, low, high, threads),
        WinogradScheme.FiveByFive => new WinogradConvolution<TTile, TLanes, FourOfFive, FourOfFive>(shape, filter, low, high, threads),
        WinogradScheme.ThreeAcross => new WinogradConvolution<TTile, TLanes, Untransformed, FourOfThree>(shape, filter, low, high, threads),
        WinogradScheme.ThreeDown => new WinogradConvolution<TTile, TLanes, FourOfThree, Untransformed>(shape, filter, low, high, threads),
        WinogradScheme.SevenAcross => new WinogradConvolution<TTile, TLanes, Untransformed, ThreeOfSeven>(shape, filter, low, high, threads),
        _ => new WinogradConvolution<TTile, TLanes, ThreeOfSeven, Untransformed>(shape, filter, low, high, threads),
    };
}
