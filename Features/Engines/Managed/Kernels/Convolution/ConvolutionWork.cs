using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>A convolution as parallel work, whatever tile computes it.</summary>
internal abstract unsafe class ConvolutionWork : ParallelWork
{
    /// <summary>The input map.</summary>
    public MapView Input { get; set; }

    /// <summary>The output map.</summary>
    public MapView Output { get; set; }

    /// <summary>A map that is added before limiting; null data for none.</summary>
    public MapView Addend { get; set; }

    /// <summary>The kernel's name for profiles.</summary>
    public abstract string Name { get; }

    /// <summary>Floating-point operations of the products it computes, a multiply-add counted as two; transforms are not counted.</summary>
    public abstract double ComputedOperations { get; }

    /// <summary>Bytes of the packed weights it reads.</summary>
    public abstract long WeightBytes { get; }
}
