using MlTransfer.Features.Graphs.Onnx.Format;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Images in other sizes.</summary>
internal static class ImageConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["ResizeBilinear"] = context => Resize(context, OnnxAttribute.Text("mode", "linear")),
        ["ResizeNearestNeighbor"] = context => Resize(
            context,
            OnnxAttribute.Text("mode", "nearest"),
            OnnxAttribute.Text("nearest_mode", context.Bool("align_corners") || context.Bool("half_pixel_centers") ? "round_prefer_ceil" : "floor")),
    };

    private static void Resize(OnnxNodeContext context, params AttributeProto[] attributes)
    {
        var images = ImageOperand.Of(context);
        var sizes = context.ConstantInts(1, "the size");
        var name = images.Name;
        if (context.Input(0).Type != context.OutputType)
        {
            name = context.Emit("Cast", [name], OnnxAttribute.Int("to", OnnxElementType.Of(context.OutputType)));
        }

        // The number of images and channels is taken from the input: of it only the size changes.
        var whole = context.Emit("Concat", [context.Emit("Slice", [context.Emit("Shape", [name]), context.Builder.Ints(0), context.Builder.Ints(2)]), context.Builder.Ints(sizes)], OnnxAttribute.Int("axis", 0));
        var coordinates = context.Bool("align_corners") ? "align_corners" : context.Bool("half_pixel_centers") ? "half_pixel" : "asymmetric";
        images.Set(
            context, images.Shape[1], sizes[0], sizes[1], "Resize", [name, string.Empty, string.Empty, whole], [.. attributes, OnnxAttribute.Text("coordinate_transformation_mode", coordinates)]);
    }
}
