using BenchmarkDotNet.Attributes;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Benchmarks.Kernels;

/// <summary>Direct convolution.</summary>
public unsafe class ConvolutionBenchmarks : IDisposable
{
    private KernelMaps _maps = null!;
    private ConvolutionShape _shape = null!;
    private ConvolutionWork _work = null!;
    private PackedFilter _filter = null!;
    private NativeBuffer _zeros = null!;
    private float[] _weights = [];
    private float[] _bias = [];

    /// <summary>Floats in a register.</summary>
    [ParamsSource(nameof(Widths))]
    public int Width { get; set; }

    /// <summary>Window and stride.</summary>
    [Params("1x1/1", "3x3/2", "1x7/1")]
    public string Layer { get; set; } = string.Empty;

    /// <summary>Widths of this processor.</summary>
    public static IEnumerable<int> Widths => KernelMaps.Widths;

    /// <summary>Makes maps and weights.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _shape = Layer switch
        {
            "1x1/1" => KernelMaps.Shape(17, 128, 96, 1, 1, 1),
            "3x3/2" => KernelMaps.Shape(17, 64, 96, 3, 3, 2),
            _ => KernelMaps.Shape(17, 64, 64, 1, 7, 1),
        };
        _maps = new KernelMaps(_shape);
        _weights = KernelMaps.Random(_shape.Products * _shape.OutChannels, 3);
        _bias = KernelMaps.Random(_shape.OutChannels, 4);
        _filter = new PackedFilter(WeightMatrix.Of(_weights, [], _shape.Products, _shape.OutChannels), _bias, ConvolutionKernels.PanelWidth((LaneWidth)Width));
        FilterPreparation.Fill(_filter);
        _zeros = NativeBuffer.OfZeros(_shape.InChannels);
        _work = ConvolutionKernels.Create((LaneWidth)Width, _shape, _filter, _zeros.Floats, 0, float.PositiveInfinity, 1);
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
        _zeros.Dispose();
        GC.SuppressFinalize(this);
    }
}
