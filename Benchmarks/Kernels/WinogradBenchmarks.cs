using BenchmarkDotNet.Attributes;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Kernels.Winograd;

namespace MlTransfer.Benchmarks.Kernels;

/// <summary>Convolution by Toom–Cook schemes.</summary>
public class WinogradBenchmarks : IDisposable
{
    private KernelMaps _maps = null!;
    private ConvolutionShape _shape = null!;
    private ConvolutionWork _work = null!;
    private WinogradFilter _filter = null!;
    private float[] _weights = [];
    private float[] _bias = [];

    /// <summary>Floats in a register.</summary>
    [ParamsSource(nameof(Widths))]
    public int Width { get; set; }

    /// <summary>The window.</summary>
    [Params("3x3", "5x5", "1x3", "3x1", "1x7", "7x1")]
    public string Window { get; set; } = string.Empty;

    /// <summary>Widths of this processor.</summary>
    public static IEnumerable<int> Widths => KernelMaps.Widths;

    /// <summary>Makes maps and weights.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _shape = KernelMaps.Shape(17, 64, 64, Window[0] - '0', Window[2] - '0', 1);
        var scheme = WinogradKernels.Choose(_shape) ?? throw new InvalidOperationException($"There is no scheme for {Window}.");
        _maps = new KernelMaps(_shape);
        _weights = KernelMaps.Random(_shape.Products * _shape.OutChannels, 3);
        _bias = KernelMaps.Random(_shape.OutChannels, 4);
        var matrix = WeightMatrix.Of(_weights, [], _shape.Products, _shape.OutChannels);
        _filter = WinogradKernels.CreateFilter(scheme, matrix, _bias, _shape.InChannels, ConvolutionKernels.PanelWidth((LaneWidth)Width));
        FilterPreparation.Fill(_filter);
        _work = WinogradKernels.Create((LaneWidth)Width, scheme, _shape, _filter, 0, float.PositiveInfinity, 1);
        (_work.Input, _work.Output) = (_maps.Input, _maps.Output);
    }

    /// <summary>The plain form.</summary>
    [Benchmark(Baseline = true)]
    public void Reference() => ConvolutionReference.Run(_shape, _maps.Values, _weights, _bias, [], 0, float.PositiveInfinity, _maps.Result);

    /// <summary>The kernel.</summary>
    [Benchmark]
    public void Kernel() => _maps.Pool.Run(_work, CancellationToken.None);

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _maps.Dispose();
        _filter.Dispose();
        GC.SuppressFinalize(this);
    }
}
