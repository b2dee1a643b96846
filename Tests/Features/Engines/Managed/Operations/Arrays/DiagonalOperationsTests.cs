using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.Arrays;

public class DiagonalOperationsTests
{
    /// <summary>The example of TensorFlow's documentation of MatrixDiagV3: a tridiagonal band, with both alignments.</summary>
    [Theory]
    [InlineData("LEFT_RIGHT", new float[] { 8, 9, 0, 1, 2, 3, 0, 4, 5 })]
    [InlineData("RIGHT_LEFT", new float[] { 0, 8, 9, 1, 2, 3, 4, 5, 0 })]
    public void Band_IsAlignedAsAsked(string align, float[] diagonals)
    {
        var result = OperationRunner.Run(
            "MatrixDiagV3",
            [
                Tensor.From(new TensorShape(3, 3), diagonals),
                Tensor.From(new TensorShape(2), new[] { -1, 1 }),
                Tensor.From(TensorShape.Scalar, new[] { -1 }),
                Tensor.From(TensorShape.Scalar, new[] { -1 }),
                Tensor.From(TensorShape.Scalar, new[] { 0f }),
            ],
            ("T", AttributeValue.Of(DataType.Float32)),
            ("align", AttributeValue.Of(align)));

        Assert.Equal([1f, 8f, 0f, 4f, 2f, 9f, 0f, 5f, 3f], result.AsSpan<float>().ToArray());
    }
}
