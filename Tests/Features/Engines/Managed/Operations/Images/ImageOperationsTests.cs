using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Tests.Engines.Managed.Operations.OperationAttributes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.Images;

public class ImageOperationsTests
{
    [Theory]
    [InlineData("ResizeBilinear")]
    [InlineData("ResizeBicubic")]
    [InlineData("ResizeArea")]
    public void Resize_OfAConstant_IsTheConstant(string op)
    {
        var images = Tensor.From(new TensorShape(1, 3, 5, 2), Enumerable.Repeat((short)-7, 30).ToArray());
        var result = OperationRunner.Run(op, [images, Size(4, 9)], T(DataType.Int16));
        Assert.Equal(DataType.Float32, result.Type);
        Assert.All(result.AsSpan<float>().ToArray(), value => Assert.Equal(-7, value, 5));
    }

    [Fact]
    public void ResizeNearestNeighbor_KeepsTheType()
    {
        var images = Tensor.From(DataType.BFloat16, new TensorShape(1, 1, 2, 1), new ushort[] { 0x3F80, 0x4000 });
        var result = OperationRunner.Run("ResizeNearestNeighbor", [images, Size(1, 4)], T(DataType.BFloat16));
        Assert.Equal(DataType.BFloat16, result.Type);
        Assert.Equal(new ushort[] { 0x3F80, 0x3F80, 0x4000, 0x4000 }, result.AsSpan<ushort>().ToArray());
    }

    [Theory]
    [InlineData(0, 3, "0 x 3")]
    [InlineData(2, -1, "2 x -1")]
    public void Resize_ToNothing_IsRefused(int height, int width, string expected)
    {
        var images = Tensor.Zeros(DataType.Float32, new TensorShape(1, 2, 2, 1));
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run("ResizeArea", [images, Size(height, width)], T(DataType.Float32)));
        Assert.Contains($"the size asked for is {expected}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CropAndResize_BoxOfAnImageThatIsNotThere_IsNamed()
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run(
            "CropAndResize",
            [
                Tensor.Zeros(DataType.Float32, new TensorShape(2, 2, 2, 1)), Tensor.Zeros(DataType.Float32, new TensorShape(1, 4)),
                Tensor.From(new TensorShape(1), new[] { 2 }), Size(1, 1),
            ],
            T(DataType.Float32)));
        Assert.Contains("box_ind[0] is 2; 0 to 1 is expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hsv_OfRgb_ComesBack()
    {
        var colors = new double[] { 1, 0, 0, 0, 1, 0, 0.25, 0.5, 0.75, 0.9, 0.1, 0.4, 0.5, 0.5, 0.5 };
        var images = Tensor.From(new TensorShape(5, 3), colors);
        var back = OperationRunner.Run("HSVToRGB", [OperationRunner.Run("RGBToHSV", [images], T(DataType.Float64))], T(DataType.Float64));
        Assert.All(colors.Zip(back.AsSpan<double>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 12));
    }

    [Fact]
    public void DecodeJpeg_AttributesThatTensorFlowRefuses_AreNamed()
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run("DecodeJpeg", [Tensor.FromBytes([1, 2, 3])], Of("ratio", 3)));
        Assert.Contains("ratio is 3; 1, 2, 4 or 8 is expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DecodeJpeg_OfSomethingElse_SaysSo()
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run("DecodeJpeg", [Tensor.FromBytes([1, 2, 3, 4, 5, 6, 7, 8])]));
        Assert.StartsWith("node 'y' (DecodeJpeg): the image can not be decoded: ", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Size(int height, int width) => Tensor.From(new TensorShape(2), new[] { height, width });
}
