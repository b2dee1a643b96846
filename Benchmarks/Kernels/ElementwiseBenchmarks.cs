using BenchmarkDotNet.Attributes;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Elementwise;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Benchmarks.Kernels;

/// <summary>The sum of two maps, limited below by zero.</summary>
public unsafe class ElementwiseBenchmarks : IDisposable
{
    private KernelMaps _maps = null!;
    private ElementwiseWork _work = null!;

    /// <summary>Floats in a register.</summary>
    [ParamsSource(nameof(Widths))]
    public int Width { get; set; }

    /// <summary>Widths of this processor.</summary>
    public static IEnumerable<int> Widths => KernelMaps.Widths;

    /// <summary>Makes the maps.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        ConvolutionShape shape = KernelMaps.Shape(28, 256, 256, 1, 1, 1);
        _maps = new KernelMaps(shape);
        _work = ElementwiseWork.Create((LaneWidth)Width, ElementwiseKind.Add, shape.OutPixels, shape.OutChannels, null, null, 0, float.PositiveInfinity);
        (_work.Input, _work.Other, _work.Output) = (_maps.Input, _maps.Other, _maps.Output);
    }

    /// <summary>The plain form.</summary>
    [Benchmark(Baseline = true)]
    public void Reference()
    {
        var (a, b, sums) = (_maps.Values, _maps.Others, _maps.Result);
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = Math.Max(a[i] + b[i], 0);
        }
    }

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
