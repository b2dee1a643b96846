using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Tests.Engines.Managed.Operations.OperationAttributes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.ElementwiseMath;

public class ElementwiseOperationsTests
{
    [Theory]
    [InlineData("Div", -7, 2, -3)]
    [InlineData("TruncateDiv", -7, 2, -3)]
    [InlineData("FloorDiv", -7, 2, -4)]
    [InlineData("FloorDiv", 7, -2, -4)]
    [InlineData("FloorDiv", -8, 2, -4)]
    [InlineData("FloorMod", -7, 3, 2)]
    [InlineData("FloorMod", 7, -3, -2)]
    [InlineData("Mod", -7, 3, -1)]
    [InlineData("Pow", -3, 3, -27)]
    [InlineData("Pow", 7, 0, 1)]
    [InlineData("Div", int.MinValue, -1, int.MinValue)]
    [InlineData("FloorMod", int.MinValue, -1, 0)]
    [InlineData("Add", int.MaxValue, 1, int.MinValue)]
    [InlineData("Mul", 1 << 20, 1 << 12, 0)]
    public void Integers_RoundAndWrapAsTheirOperationSays(string op, int x, int y, int expected) =>
        Assert.Equal(expected, OperationRunner.Run(op, [Scalar(x), Scalar(y)], T(DataType.Int32)).AsSpan<int>()[0]);

    [Theory]
    [InlineData("Div", 0, "integer division by zero")]
    [InlineData("FloorDiv", 0, "integer division by zero")]
    [InlineData("FloorMod", 0, "integer division by zero")]
    [InlineData("Pow", -1, "found the power -1")]
    public void Integers_WithoutResult_AreRefused(string op, int y, string expected)
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run(op, [Scalar(3), Scalar(y)], T(DataType.Int32)));
        Assert.StartsWith($"node 'y' ({op}): ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UInt8_WrapsAtItsOwnWidth() => Assert.Equal(
        new byte[] { 44, 255 },
        OperationRunner.Run("AddV2", [Bytes(200, 255), Bytes(100, 0)], T(DataType.UInt8)).AsSpan<byte>().ToArray());

    [Theory]
    [InlineData("Erf", 0.5, 0.5204998778130465)]
    [InlineData("Erf", -3, -0.9999779095030014)]
    [InlineData("Erfc", 5, 1.5374597944280349e-12)]
    [InlineData("Erfc", -1, 1.8427007929497148)]
    [InlineData("Lgamma", 0.5, 0.57236494292470009)]
    [InlineData("Lgamma", 100, 359.13420536957540)]
    [InlineData("Lgamma", -1.5, 0.86004701537648099)]
    [InlineData("Digamma", 1, -0.57721566490153286)]
    [InlineData("Digamma", -0.5, 0.03648997397857652)]
    [InlineData("Expm1", 1e-9, 1.0000000005e-9)]
    [InlineData("Expm1", -800, -1)]
    [InlineData("Log1p", 1e-9, 9.999999995e-10)]
    [InlineData("Softplus", -40, 4.248354255291589e-18)]
    [InlineData("Softplus", 900, 900)]
    [InlineData("Sigmoid", -800, 0)]
    public void Functions_AreExactToFourteenDigits(string op, double x, double expected)
    {
        var result = OperationRunner.Run(op, [Tensor.From(TensorShape.Scalar, new[] { x })], T(DataType.Float64)).AsSpan<double>()[0];
        Assert.InRange(result, expected - (Math.Abs(expected) * 1e-13), expected + (Math.Abs(expected) * 1e-13));
    }

    [Fact]
    public void Half_IsComputedAsFloatAndRounded() => Assert.Equal(
        (Half)MathF.Exp((float)(Half)1.7f),
        OperationRunner.Run("Exp", [Tensor.From(TensorShape.Scalar, new[] { (Half)1.7f })], T(DataType.Half)).AsSpan<Half>()[0]);

    [Fact]
    public void BFloat16_IsComputedAsFloatAndRoundedToEven()
    {
        // 1 + 2⁻⁷ is the next number after 1; adding half of that distance is a tie, which goes to the even 1.
        Tensor Number(float value) => Tensor.From(DataType.BFloat16, TensorShape.Scalar, new[] { BFloat16Conversion.FromFloat(value) });
        var result = OperationRunner.Run("AddV2", [Number(1), Number(1 / 256f)], T(DataType.BFloat16));
        Assert.Equal(1f, BFloat16Conversion.ToFloat(result.AsSpan<ushort>()[0]));
    }

    [Fact]
    public void ClipByValue_RefusesBoundsThatWouldHaveToBeBroadcast()
    {
        Tensor Vector(params float[] values) => Tensor.From(new TensorShape(values.Length), values);
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run("ClipByValue", [Vector(1, 2, 3), Vector(0), Vector(1)], T(DataType.Float32)));
        Assert.Contains("a bound has shape [1]", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Scalar(int value) => Tensor.From(TensorShape.Scalar, new[] { value });

    private static Tensor Bytes(params byte[] values) => Tensor.From(new TensorShape(values.Length), values);
}
