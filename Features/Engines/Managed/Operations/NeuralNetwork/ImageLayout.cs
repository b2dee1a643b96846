using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>Where a batch of images keeps its dimensions: NHWC or NCHW. The plain kernels compute in NHWC.</summary>
/// <param name="Rows">Index of the height.</param>
/// <param name="Columns">Index of the width.</param>
/// <param name="Channels">Index of the channels.</param>
internal readonly record struct ImageLayout(int Rows, int Columns, int Channels)
{
    /// <summary>Batch, height, width, channels.</summary>
    public static ImageLayout ChannelsLast { get; } = new(1, 2, 3);

    /// <summary>Batch, channels, height, width.</summary>
    public static ImageLayout ChannelsFirst { get; } = new(2, 3, 1);

    /// <summary>The layout that a node's data_format names; NHWC where it has no such attribute.</summary>
    public static ImageLayout Of(OperationContext context) =>
        context.Has("data_format") && context.Text("data_format") == "NCHW" ? ChannelsFirst : ChannelsLast;

    /// <summary>The images in NHWC; refuses what has not four dimensions.</summary>
    public Tensor ToChannelsLast(OperationContext context, Tensor images)
    {
        if (images.Shape.Rank != 4)
        {
            throw context.Fail($"images of shape {images.Shape} were found; 4 dimensions are expected");
        }

        return Channels == 3 ? images : Permute(images, 0, 2, 3, 1);
    }

    /// <summary>Images in NHWC as this layout has them.</summary>
    public Tensor FromChannelsLast(Tensor images) => Channels == 3 ? images : Permute(images, 0, 3, 1, 2);

    private static Tensor Permute(Tensor tensor, params int[] order)
    {
        var strides = StridedCopy.DenseStrides(tensor.Shape);
        var shape = new TensorShape(Array.ConvertAll(order, dimension => tensor.Shape[dimension]));
        return StridedCopy.Gather(tensor, shape, Array.ConvertAll(order, dimension => strides[dimension]), 0);
    }
}
