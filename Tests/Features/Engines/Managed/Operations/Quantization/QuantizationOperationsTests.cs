using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Tests.Engines.Managed.Operations.OperationAttributes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.Quantization;

public class QuantizationOperationsTests
{
    [Theory]
    [InlineData("HALF_TO_EVEN", new sbyte[] { 0, 2, 2, -2 })]
    [InlineData("HALF_AWAY_FROM_ZERO", new sbyte[] { 1, 2, 3, -3 })]
    public void QuantizeV2_Scaled_RoundsTiesAsAsked(string roundMode, sbyte[] expected)
    {
        var result = OperationRunner.Run(
            "QuantizeV2",
            [Vector(0.5f, 1.5f, 2.5f, -2.5f), Scalar(-127), Scalar(127)],
            T(DataType.QInt8),
            Of("mode", "SCALED"),
            Of("round_mode", roundMode),
            Of("narrow_range", true));
        Assert.Equal(expected, result.AsSpan<sbyte>().ToArray());
    }

    [Fact]
    public void QuantizeV2_ClampsToTheType()
    {
        var result = OperationRunner.Run("QuantizeV2", [Vector(-9, 9), Scalar(0), Scalar(1)], T(DataType.QUInt8), Of("mode", "MIN_FIRST"));
        Assert.Equal(new byte[] { 0, 255 }, result.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Dequantize_Axis_TakesARangeForEachPlace()
    {
        var input = Tensor.From(DataType.QUInt8, new TensorShape(2, 2), new byte[] { 0, 255, 255, 0 });
        var result = OperationRunner.Run("Dequantize", [input, Vector(0, -1), Vector(1, 3)], T(DataType.QUInt8), Of("axis", 1));
        Assert.Equal([0f, 3, 1, -1], result.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Dequantize_MinFirstWithAxis_IsRefused()
    {
        var input = Tensor.From(DataType.QUInt8, new TensorShape(2), new byte[] { 0, 255 });
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run(
            "Dequantize", [input, Vector(0, -1), Vector(1, 3)], T(DataType.QUInt8), Of("axis", 0), Of("mode", "MIN_FIRST")));
        Assert.Contains("MIN_FIRST takes one range", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dequantize_RangesThatDoNotFitTheAxis_AreCounted()
    {
        var input = Tensor.From(DataType.QUInt8, new TensorShape(3), new byte[3]);
        var error = Assert.Throws<OperationException>(() =>
            OperationRunner.Run("Dequantize", [input, Vector(0, -1), Vector(1, 3)], T(DataType.QUInt8), Of("axis", 0)));
        Assert.Contains("input 1 has 2 numbers, shape [2]; 3 are expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void QuantizeAndDequantizeV2_KeepsZeroAndTheExtremes()
    {
        var result = OperationRunner.Run(
            "QuantizeAndDequantizeV2", [Vector(-1, 0, 0.3f, 1), Scalar(-1), Scalar(1)], T(DataType.Float32), Of("num_bits", 3), Of("narrow_range", true), Of("range_given", true));
        Assert.Equal([-1f, 0, 1 / 3f, 1], result.AsSpan<float>().ToArray());
    }

    private static Tensor Vector(params float[] values) => Tensor.From(new TensorShape(values.Length), values);

    private static Tensor Scalar(float value) => Tensor.From(TensorShape.Scalar, new[] { value });
}
