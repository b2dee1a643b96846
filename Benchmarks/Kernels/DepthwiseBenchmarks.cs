using BenchmarkDotNet.Attributes;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Depthwise;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Benchmarks.Kernels;

/// <summary>Depthwise convolution.</summary>
public class DepthwiseBenchmarks : IDisposable
{
    private KernelMaps _maps = null!;
    private ConvolutionShape _shape = null!;
    private DepthwiseWork _work = null!;
    private DepthwiseFilter _filter = null!;
    private float[] _weights = [];
    private float[] _bias = [];

    /// <summary>Floats in a register.</summary>
    [ParamsSource(nameof(Widths))]
    public int Width { get; set; }

    /// <summary>Rows and columns from one output to the next.</summary>
    [Params(1, 2)]
    public int Stride { get; set; }

    /// <summary>Widths of this processor.</summary>
    public static IEnumerable<int> Widths => KernelMaps.Widths;

    /// <summary>Makes maps and weights.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _shape = KernelMaps.Shape(28, 192, 192, 3, 3, Stride);
        _maps = new KernelMaps(_shape);
        _weights = KernelMaps.Random(9 * _shape.OutChannels, 3);
        _bias = KernelMaps.Random(_shape.OutChannels, 4);
        _filter = new DepthwiseFilter(_weights, [], _bias, 1, _shape.OutChannels);
        _work = DepthwiseWork.Create((LaneWidth)Width, _shape, _filter, 0, 6);
        (_work.Input, _work.Output) = (_maps.Input, _maps.Output);
    }

    /// <summary>The plain form.</summary>
    [Benchmark(Baseline = true)]
    public void Reference() => DepthwiseReference.Run(_shape, _maps.Values, _weights, _bias, 1, 0, 6, _maps.Result);

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
