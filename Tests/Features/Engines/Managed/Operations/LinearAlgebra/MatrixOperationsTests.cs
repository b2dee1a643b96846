using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Tests.Engines.Managed.Operations.OperationAttributes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.LinearAlgebra;

public class MatrixOperationsTests
{
    [Fact]
    public void MatMul_MismatchedMatrices_AreShown()
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run(
            "MatMul", [Tensor.Zeros(DataType.Float32, new TensorShape(2, 3)), Tensor.Zeros(DataType.Float32, new TensorShape(2, 4))], T(DataType.Float32), Of("transpose_b", true)));
        Assert.Equal("node 'y' (MatMul): matrices [2,3] and [2,4] (transposed) can not be multiplied: 3 columns meet 4 rows", error.Message);
    }

    [Fact]
    public void BatchMatMulV3_MultipliesNarrowIntegersIntoWideOnes()
    {
        var x = Tensor.From(new TensorShape(1, 2), new sbyte[] { -128, 127 });
        var y = Tensor.From(new TensorShape(2, 1), new byte[] { 255, 255 });
        var result = OperationRunner.Run(
            "BatchMatMulV3", [x, y], ("Ta", AttributeValue.Of(DataType.Int8)), ("Tb", AttributeValue.Of(DataType.UInt8)), ("Tout", AttributeValue.Of(DataType.Int32)));
        Assert.Equal([-255], result.AsSpan<int>().ToArray());
    }

    [Fact]
    public void BatchMatMul_DoesNotBroadcast_ButV2Does()
    {
        Tensor Any(params int[] extents) => Tensor.Zeros(DataType.Float32, new TensorShape(extents));
        Assert.Throws<OperationException>(() => OperationRunner.Run("BatchMatMul", [Any(3, 1, 2), Any(2, 4)], T(DataType.Float32)));
        Assert.Equal(new TensorShape(3, 1, 4), OperationRunner.Run("BatchMatMulV2", [Any(3, 1, 2), Any(2, 4)], T(DataType.Float32)).Shape);
    }

    [Theory]
    [InlineData("ii->i", new[] { 1, 4 })]
    [InlineData("ij->ji", new[] { 1, 3, 2, 4 })]
    [InlineData("...j->...", new[] { 3, 7 })]
    [InlineData("ij->", new[] { 10 })]
    public void Einsum_OfOneMatrix(string equation, int[] expected)
    {
        var matrix = Tensor.From(new TensorShape(2, 2), new[] { 1, 2, 3, 4 });
        var result = OperationRunner.Run("Einsum", [matrix], Of("equation", equation), Of("N", 1), T(DataType.Int32));
        Assert.Equal(expected, result.AsSpan<int>().ToArray());
    }

    [Theory]
    [InlineData("ij,jk->ik", "1 comma-separated inputs")]
    [InlineData("ijk->i", "does not fit input 0")]
    [InlineData("ij->k", "the output's label 'k'")]
    [InlineData("i1->i", "something else than letters")]
    public void Einsum_EquationThatDoesNotFit_IsRefused(string equation, string expected)
    {
        var matrix = Tensor.From(new TensorShape(2, 2), new[] { 1, 2, 3, 4 });
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run("Einsum", [matrix], Of("equation", equation), Of("N", 1), T(DataType.Int32)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
