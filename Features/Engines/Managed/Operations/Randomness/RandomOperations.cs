using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Randomness;

/// <summary>Random numbers, for graphs that were frozen with their dropout.</summary>
/// <remarks>
/// Source: TensorFlow, core/ops/random_ops.cc and core/kernels/random_op.cc. Every run begins at the seed, and seeds of 0 are no reason to
/// differ from run to run: features must not.
/// </remarks>
internal static class RandomOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("RandomUniform(shape: T) -> (output: dtype)", ["seed: int = 0", "seed2: int = 0", "dtype: {float}", "T: {int32, int64}"], Uniform),
    ];

    private static Tensor[] Uniform(OperationContext context)
    {
        var result = Tensor.Zeros(DataType.Float32, context.Shape(context.IntValues(0)));
        var generator = new Philox(context.Int("seed"), context.Int("seed2"));
        var values = result.AsSpan<float>();
        Span<uint> bits = stackalloc uint[4];
        for (var i = 0; i < values.Length; i++)
        {
            if (i % 4 == 0)
            {
                (bits[0], bits[1], bits[2], bits[3]) = generator.Next();
            }

            // 23 random bits of mantissa make a float from 1 to 2.
            values[i] = BitConverter.UInt32BitsToSingle(0x3F800000 | (bits[i % 4] & 0x7FFFFF)) - 1;
        }

        return [result];
    }
}
