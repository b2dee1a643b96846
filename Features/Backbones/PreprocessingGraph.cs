using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Backbones;

/// <summary>Writes an <see cref="ImagePreprocessing"/> as nodes of a graph, in TensorFlow's operations and in the same order of arithmetic.</summary>
internal static class PreprocessingGraph
{
    private const string Scope = "Preprocessing/";
    private static readonly int[] s_channelAxis = [3];
    private static readonly int[] s_wholeImage = [1, 2, 3];
    private static readonly (string, AttributeValue)[] s_float = [("T", AttributeValue.Of(DataType.Float32))];

    /// <summary>Adds nodes that turn the bytes of an image file into the network's input, one image.</summary>
    /// <returns>The input to feed, and what the network is to read.</returns>
    /// <exception cref="NotSupportedException">TensorFlow has no operation that does the same; the message says what to do.</exception>
    public static (NodeInput Contents, NodeInput Images) Add(GraphAssembly graph, ImagePreprocessing preprocessing)
    {
        if (preprocessing.ApplyExifOrientation)
        {
            throw Refuse("photos were turned upright by their EXIF orientation (--exif)", "features without --exif");
        }

        var contents = graph.Placeholder("DecodeJpeg/contents", DataType.String, new PartialShape([]));
        var decoded = graph.Add(
            "DecodeJpeg", "DecodeJpeg", [contents], ("channels", AttributeValue.Of(3L)), ("ratio", AttributeValue.Of(1L)), ("fancy_upscaling", AttributeValue.Of(true)),
            ("try_recover_truncated", AttributeValue.Of(false)), ("acceptable_fraction", AttributeValue.Of(1f)),
            ("dct_method", AttributeValue.Of(preprocessing.Dct == JpegDct.Fast ? "INTEGER_FAST" : "INTEGER_ACCURATE")));
        var floats = graph.Add("Cast", "Cast", [decoded], ("SrcT", AttributeValue.Of(DataType.UInt8)), ("DstT", AttributeValue.Of(DataType.Float32)), ("Truncate", AttributeValue.Of(false)));
        var axis = graph.Constant("ExpandDims/dim", Tensor.From(TensorShape.Scalar, new int[1]));
        var image = graph.Add("ExpandDims", "ExpandDims", [floats, axis], [.. s_float, ("Tdim", AttributeValue.Of(DataType.Int32))]);
        return (contents, Scale(graph, preprocessing.Scaling, Resize(graph, preprocessing, image)));
    }

    private static NodeInput Resize(GraphAssembly graph, ImagePreprocessing preprocessing, NodeInput image)
    {
        var (op, alignCorners, halfPixel) = preprocessing.Resize switch
        {
            ResizeMethod.TensorFlowLegacyBilinear => ("ResizeBilinear", false, false),
            ResizeMethod.TensorFlowHalfPixelBilinear => ("ResizeBilinear", false, true),
            ResizeMethod.TensorFlowAlignCornersBilinear => ("ResizeBilinear", true, false),
            ResizeMethod.TensorFlowLegacyNearest => ("ResizeNearestNeighbor", false, false),
            ResizeMethod.TensorFlowHalfPixelNearest => ("ResizeNearestNeighbor", false, true),
            ResizeMethod.TensorFlowAlignCornersNearest => ("ResizeNearestNeighbor", true, false),
            var other => throw Refuse($"photos were resized by {ResizeMethods.NameOf(other)}", $"features of --resize {ResizeMethods.NameOf(ResizeMethod.TensorFlowLegacyBilinear)}"),
        };
        var size = graph.Constant(op + "/size", Tensor.From(new TensorShape(2), new[] { preprocessing.Height, preprocessing.Width }));
        return graph.Add(op, op, [image, size], [.. s_float, ("align_corners", AttributeValue.Of(alignCorners)), ("half_pixel_centers", AttributeValue.Of(halfPixel))]);
    }

    private static NodeInput Scale(GraphAssembly graph, PixelScaling scaling, NodeInput image)
    {
        if (scaling == PixelScaling.PerImageStandardization)
        {
            return Standardize(graph, image);
        }

        if (PixelFormula.Of(scaling) is not { } formula)
        {
            return image;
        }

        if (formula.SwapsRedAndBlue)
        {
            image = graph.Add(
                Scope + "ReverseV2", "ReverseV2", [image, graph.Constant(Scope + "ReverseV2/axis", Tensor.From(new TensorShape(1), s_channelAxis))],
                [.. s_float, ("Tidx", AttributeValue.Of(DataType.Int32))]);
        }

        foreach (var (op, operand) in formula.Steps)
        {
            image = graph.Add(Scope + op, op, [image, graph.Constant($"{Scope}{op}/y", operand)], s_float);
        }

        return image;
    }

    /// <summary>(x − mean) / max(deviation, 1 / √count), as tf.image.per_image_standardization.</summary>
    private static NodeInput Standardize(GraphAssembly graph, NodeInput image)
    {
        var axes = graph.Constant(Scope + "axes", Tensor.From(new TensorShape(3), s_wholeImage));
        NodeInput Mean(NodeInput of) => graph.Add(Scope + "Mean", "Mean", [of, axes], [.. s_float, ("Tidx", AttributeValue.Of(DataType.Int32)), ("keep_dims", AttributeValue.Of(true))]);
        NodeInput Apply(string op, params NodeInput[] inputs) => graph.Add(Scope + op, op, inputs, s_float);
        var centred = Apply("Sub", image, Mean(image));
        var deviation = Apply("Sqrt", Mean(Apply("Square", centred)));
        var shape = graph.Add(Scope + "Shape", "Shape", [image], [.. s_float, ("out_type", AttributeValue.Of(DataType.Int32))]);
        var zero = graph.Constant(Scope + "Prod/axis", Tensor.From(new TensorShape(1), new int[1]));
        var count = graph.Add(Scope + "Prod", "Prod", [shape, zero], ("T", AttributeValue.Of(DataType.Int32)), ("Tidx", AttributeValue.Of(DataType.Int32)), ("keep_dims", AttributeValue.Of(false)));
        var floats = graph.Add(Scope + "Cast", "Cast", [count], ("SrcT", AttributeValue.Of(DataType.Int32)), ("DstT", AttributeValue.Of(DataType.Float32)), ("Truncate", AttributeValue.Of(false)));
        return Apply("RealDiv", centred, Apply("Maximum", deviation, Apply("Rsqrt", floats)));
    }

    private static NotSupportedException Refuse(string what, string instead) => new(
        $"{what}, which a TensorFlow graph can not do. Export with --takes pixels and prepare images in the program that calls it, or fit the head on {instead}.");
}
