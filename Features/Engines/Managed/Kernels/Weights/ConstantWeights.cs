using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Kernels.Weights;

/// <summary>Weights as the graph has them: floats, or bytes that stand for floats.</summary>
internal sealed class ConstantWeights
{
    private readonly Lazy<Tensor> _floats;

    /// <summary>Floats.</summary>
    public ConstantWeights(Tensor floats)
    {
        _floats = new Lazy<Tensor>(floats);
        Shape = floats.Shape;
    }

    /// <summary>Coded bytes.</summary>
    /// <param name="coded">The bytes.</param>
    /// <param name="decode">Gives them as floats.</param>
    public ConstantWeights(CodedTensor coded, Func<Tensor> decode)
    {
        _floats = new Lazy<Tensor>(decode);
        Coded = coded;
        Shape = coded.Shape;
    }

    /// <summary>Extents.</summary>
    public TensorShape Shape { get; }

    /// <summary>The coded bytes, if they are that.</summary>
    public CodedTensor? Coded { get; }

    /// <summary>The floats, decoded if need be.</summary>
    public Tensor Floats => _floats.Value;
}
