using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Kernels.Weights;

/// <summary>Weights as the graph has them: floats, or bytes that stand for floats.</summary>
internal sealed class ConstantWeights
{
    /// <summary>Floats.</summary>
    public ConstantWeights(Tensor floats)
    {
        Floats = floats;
        Shape = floats.Shape;
    }

    /// <summary>Coded bytes.</summary>
    public ConstantWeights(CodedTensor coded)
    {
        Coded = coded;
        Shape = coded.Shape;
    }

    /// <summary>Extents.</summary>
    public TensorShape Shape { get; }

    /// <summary>The floats, unless they are coded.</summary>
    public Tensor? Floats { get; }

    /// <summary>The coded bytes, if they are that.</summary>
    public CodedTensor? Coded { get; }

    /// <summary>The floats, decoded if need be.</summary>
    public ReadOnlySpan<float> Decode() => (Floats ?? Coded!.Decode()).AsSpan<float>();
}
