using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Quantization;

/// <summary>The numbers that a quantised element type holds.</summary>
/// <param name="Lowest">The lowest.</param>
/// <param name="Highest">The highest.</param>
internal readonly record struct QuantizedRange(long Lowest, long Highest)
{
    /// <summary>Whether there are negative numbers.</summary>
    public bool IsSigned => Lowest < 0;

    /// <summary>How many numbers there are, less one.</summary>
    public double Steps => (double)Highest - Lowest;

    /// <summary>Half of all numbers for a signed type, which MIN_COMBINED shifts by; 0 for an unsigned one.</summary>
    public float HalfRange => IsSigned ? (float)((Steps + 1) / 2) : 0;

    /// <summary>The range of a quantised type.</summary>
    public static QuantizedRange Of(OperationContext context, DataType type) => type switch
    {
        DataType.QInt8 => new(sbyte.MinValue, sbyte.MaxValue),
        DataType.QUInt8 => new(byte.MinValue, byte.MaxValue),
        DataType.QInt16 => new(short.MinValue, short.MaxValue),
        DataType.QUInt16 => new(ushort.MinValue, ushort.MaxValue),
        DataType.QInt32 => new(int.MinValue, int.MaxValue),
        _ => throw context.Fail($"{Tensor.NameOf(type)} is not a quantised type"),
    };
}
