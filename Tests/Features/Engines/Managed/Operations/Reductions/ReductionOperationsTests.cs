using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Tests.Engines.Managed.Operations.OperationAttributes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.Reductions;

public class ReductionOperationsTests
{
    [Fact]
    public void Mean_OfIntegers_DoesNotOverflowAndTruncates() => Assert.Equal(
        [sbyte.MaxValue - 1],
        OperationRunner.Run("Mean", [Tensor.From(new TensorShape(2), new[] { sbyte.MaxValue, (sbyte)(sbyte.MaxValue - 1) }), Axes(0)], T(DataType.Int8)).AsSpan<sbyte>().ToArray());

    [Fact]
    public void Sum_OfManyFloats_IsRoundedOnce()
    {
        // In float the ones would vanish beside 2²⁴.
        var values = Enumerable.Repeat(1f, 1001).ToArray();
        values[0] = 1 << 24;
        var sum = OperationRunner.Run("Sum", [Tensor.From(new TensorShape(values.Length), values), Axes(0)], T(DataType.Float32));
        Assert.Equal((1 << 24) + 1000f, sum.AsSpan<float>()[0]);
    }

    [Fact]
    public void Max_OfNothing_IsTheLowestOfItsType() => Assert.Equal(
        [short.MinValue, short.MinValue],
        OperationRunner.Run("Max", [Tensor.Zeros(DataType.Int16, new TensorShape(0, 2)), Axes(0)], T(DataType.Int16)).AsSpan<short>().ToArray());

    [Fact]
    public void Max_OfUnsigned64Bits_ComparesUnsigned() => Assert.Equal(
        [ulong.MaxValue],
        OperationRunner.Run("Max", [Tensor.From(new TensorShape(2), new[] { ulong.MaxValue, 1UL }), Axes(0)], T(DataType.UInt64)).AsSpan<ulong>().ToArray());

    [Fact]
    public void Axes_MayBeNegativeAndKept()
    {
        var result = OperationRunner.Run(
            "Prod", [Tensor.From(new TensorShape(2, 3), new[] { 1, 2, 3, 4, 5, 6 }), Axes(-1)], T(DataType.Int32), Of("keep_dims", true));
        Assert.Equal(new TensorShape(2, 1), result.Shape);
        Assert.Equal([6, 120], result.AsSpan<int>().ToArray());
    }

    [Theory]
    [InlineData(new[] { 2 }, "invalid reduction dimension 2 for an input of 2 dimension(s), shape [2,3]")]
    [InlineData(new[] { 1, -1 }, "reduction dimension 1 is named twice")]
    public void Axes_ThatAreWrong_AreNamed(int[] axes, string expected)
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run("Sum", [Tensor.From(new TensorShape(2, 3), new int[6]), Axes(axes)], T(DataType.Int32)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static Tensor Axes(params int[] axes) => Tensor.From(new TensorShape(axes.Length), axes);
}
