using BenchmarkDotNet.Attributes;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Pooling;

namespace MlTransfer.Benchmarks.Kernels;

/// <summary>Pooling by 3×3.</summary>
public class PoolingBenchmarks : IDisposable
{
    private KernelMaps _maps = null!;
    private ConvolutionShape _shape = null!;
    private PoolingWork _work = null!;

    /// <summary>Floats in a register.</summary>
    [ParamsSource(nameof(Widths))]
    public int Width { get; set; }

    /// <summary>The mean at stride 1, else the largest at stride 2.</summary>
    [Params(true, false)]
    public bool Average { get; set; }

    /// <summary>Widths of this processor.</summary>
    public static IEnumerable<int> Widths => KernelMaps.Widths;

    /// <summary>Makes the maps.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _shape = KernelMaps.Shape(35, 192, 192, 3, 3, Average ? 1 : 2);
        _maps = new KernelMaps(_shape);
        _work = PoolingWork.Create((LaneWidth)Width, _shape, Average);
        (_work.Input, _work.Output) = (_maps.Input, _maps.Output);
    }

    /// <summary>The plain form.</summary>
    [Benchmark(Baseline = true)]
    public void Reference() => PoolingReference.Run(_shape, _maps.Values, Average, _maps.Result);

    /// <summary>The kernel.</summary>
    [Benchmark]
    public void Kernel() => _maps.Pool.Run(_work, CancellationToken.None);

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _maps.Dispose();
        GC.SuppressFinalize(this);
    }
}
