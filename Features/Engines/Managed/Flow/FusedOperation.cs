using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Planning;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Flow;

/// <summary>
/// An operation with what was folded into it: limit(op(x) · scale + shift + addend). Scale and shift have an element for each output channel
/// and are kept in double, so that a chain of folds rounds once, when the weights are packed.
/// </summary>
internal sealed class FusedOperation
{
    /// <summary>Makes an operation without anything folded in.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="weights">The constant weights; null for Add and Affine.</param>
    /// <param name="channels">Output channels; 0 for Add, which has no scale.</param>
    public FusedOperation(FusedKind kind, ConstantWeights? weights, int channels)
    {
        Kind = kind;
        Weights = weights;
        WeightShape = weights?.Shape ?? TensorShape.Scalar;
        Scale = new double[channels];
        Shift = new double[channels];
        Array.Fill(Scale, 1);
    }

    /// <summary>What it is.</summary>
    public FusedKind Kind { get; }

    /// <summary>The weights as the graph has them; handed over to what packs them.</summary>
    public ConstantWeights? Weights { get; set; }

    /// <summary>Extents of the weights.</summary>
    public TensorShape WeightShape { get; }

    /// <summary>Whether the matrix product's weights are [outChannels, products].</summary>
    public bool TransposeWeights { get; init; }

    /// <summary>Factor for each output channel.</summary>
    public double[] Scale { get; }

    /// <summary>Summand for each output channel.</summary>
    public double[] Shift { get; }

    /// <summary>Whether the second input is added before limiting.</summary>
    public bool HasAddend { get; set; }

    /// <summary>Lower limit of the result.</summary>
    public float Low { get; set; } = float.NegativeInfinity;

    /// <summary>Upper limit of the result.</summary>
    public float High { get; set; } = float.PositiveInfinity;

    /// <summary>Zero padding that went before: top, bottom, left, right; null for none.</summary>
    public int[]? ExtraPadding { get; set; }

    /// <summary>Whether the result is limited; nothing is folded in after that.</summary>
    public bool IsLimited => Low != float.NegativeInfinity || High != float.PositiveInfinity;

    /// <summary>Whether a scale and shift can still be folded in.</summary>
    public bool TakesAffine => !IsLimited && !HasAddend && Kind != FusedKind.Add;

    /// <summary>The weights and scales in the form kernels read; made once, after the passes.</summary>
    public PackedOperation? Packed { get; set; }

    /// <summary>Folds y · scale + shift in.</summary>
    public void Apply(ReadOnlySpan<double> scale, ReadOnlySpan<double> shift)
    {
        for (var i = 0; i < Scale.Length; i++)
        {
            Scale[i] *= scale[i];
            Shift[i] = (Shift[i] * scale[i]) + shift[i];
        }
    }
}
