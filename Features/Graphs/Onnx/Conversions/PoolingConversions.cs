namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Largest and mean values under a window. Padding never counts, in ONNX by default as in TensorFlow.</summary>
internal static class PoolingConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["MaxPool"] = context => Pool(context, "MaxPool", context.Ints("ksize"), context.Ints("strides")),
        ["MaxPoolV2"] = context => Pool(context, "MaxPool", context.ConstantInts(1, "the window"), context.ConstantInts(2, "the strides")),
        ["AvgPool"] = context => Pool(context, "AveragePool", context.Ints("ksize"), context.Ints("strides")),
    };

    private static void Pool(OnnxNodeContext context, string op, long[] window, long[] strides)
    {
        var images = ImageOperand.Of(context);
        var (rows, columns) = images.Spatial;
        if (window.Length != 4 || strides.Length != 4 || window[rows] * window[columns] != window.Aggregate(1L, (product, extent) => product * extent)
            || strides[rows] * strides[columns] != strides.Aggregate(1L, (product, extent) => product * extent))
        {
            throw context.Fail($"its window is [{string.Join(",", window)}] and its strides [{string.Join(",", strides)}]; only rows and columns can be pooled");
        }

        var placement = WindowPlacement.Of(context, images, [window[rows], window[columns]], strides, null);
        images.Set(context, images.Shape[1], placement.Rows, placement.Columns, op, [images.Name], placement.Attributes);
    }
}
