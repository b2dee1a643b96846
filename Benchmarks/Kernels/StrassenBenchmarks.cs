using BenchmarkDotNet.Attributes;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Kernels.Strassen;

namespace MlTransfer.Benchmarks.Kernels;

/// <summary>1×1 convolution by a step of Strassen's algorithm.</summary>
public class StrassenBenchmarks : IDisposable
{
    private KernelMaps _maps = null!;
    private ConvolutionShape _shape = null!;
    private ConvolutionWork _work = null!;
    private StrassenFilter _filter = null!;
    private float[] _weights = [];
    private float[] _bias = [];

    /// <summary>Floats in a register.</summary>
    [ParamsSource(nameof(Widths))]
    public int Width { get; set; }

    /// <summary>Input channels.</summary>
    [Params(256, 1024)]
    public int Channels { get; set; }

    /// <summary>Widths of this processor.</summary>
    public static IEnumerable<int> Widths => KernelMaps.Widths;

    /// <summary>Makes maps and weights.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _shape = KernelMaps.Shape(14, Channels, 256, 1, 1, 1);
        _maps = new KernelMaps(_shape);
        _weights = KernelMaps.Random(_shape.Products * _shape.OutChannels, 3);
        _bias = KernelMaps.Random(_shape.OutChannels, 4);
        var matrix = WeightMatrix.Of(_weights, [], _shape.Products, _shape.OutChannels);
        _filter = new StrassenFilter(matrix, _bias, ConvolutionKernels.PanelWidth((LaneWidth)Width));
        FilterPreparation.Fill(_filter);
        _work = StrassenKernels.Create((LaneWidth)Width, _shape, _filter, 0, float.PositiveInfinity, 1);
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
