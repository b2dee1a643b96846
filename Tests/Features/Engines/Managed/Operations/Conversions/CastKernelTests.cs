using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.Conversions;

public class CastKernelTests
{
    [Fact]
    public void FloatThatDoesNotFit_GivesWhatX86Gives()
    {
        float[] values = [2147483648f, -2147483904f, float.NaN, float.PositiveInfinity, -1.9f, 1.9f];

        Assert.Equal([int.MinValue, int.MinValue, int.MinValue, int.MinValue, -1, 1], Cast(values, DataType.Int32).AsSpan<int>().ToArray());
        Assert.Equal([0x80000000L, -2147483904L, long.MinValue, long.MinValue, -1L, 1L], Cast(values, DataType.Int64).AsSpan<long>().ToArray());
        Assert.Equal(new byte[] { 0, 0, 0, 0, 255, 1 }, Cast(values, DataType.UInt8).AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Integers_Wrap() =>
        Assert.Equal(new sbyte[] { 0, -1, 127, -128 }, Cast(new[] { 256, 255, 127, 128 }, DataType.Int8).AsSpan<sbyte>().ToArray());

    [Theory]
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(float.NaN, 0xFFC0)]
    [InlineData(float.MaxValue, 0x7F80)]
    public void BFloat16_RoundsToNearestEven(float value, int bits) =>
        Assert.Equal((ushort)bits, Cast(new[] { value }, DataType.BFloat16).AsSpan<ushort>()[0]);

    [Fact]
    public void Truncate_CutsInsteadOfRounding()
    {
        var rounded = Cast(new[] { 1.9999f }, DataType.BFloat16);
        var cut = Cast(new[] { 1.9999f }, DataType.BFloat16, ("Truncate", AttributeValue.Of(true)));

        Assert.Equal(0x4000, rounded.AsSpan<ushort>()[0]);
        Assert.Equal(0x3FFF, cut.AsSpan<ushort>()[0]);
    }

    private static Tensor Cast(Array values, DataType target, params (string, AttributeValue)[] more)
    {
        var input = Tensor.From(new TensorShape(values.Length), values);
        return OperationRunner.Run("Cast", [input], [("SrcT", AttributeValue.Of(input.Type)), ("DstT", AttributeValue.Of(target)), .. more]);
    }
}
