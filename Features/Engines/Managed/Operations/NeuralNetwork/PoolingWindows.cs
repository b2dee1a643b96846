using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>What a pooling node slides over its images: rows and columns, or blocks of channels.</summary>
/// <param name="Windows">Rows and columns.</param>
/// <param name="Depth">Channels that are pooled together; 1 unless rows and columns are not pooled.</param>
internal readonly record struct PoolingWindows(ImageWindows Windows, int Depth)
{
    /// <summary>Reads ksize, strides and padding and checks them as TensorFlow does.</summary>
    /// <param name="context">The node.</param>
    /// <param name="images">Shape of the images in NHWC.</param>
    /// <param name="sizes">Window in the order of the node's layout.</param>
    /// <param name="strides">Strides in that order.</param>
    public static PoolingWindows Of(OperationContext context, TensorShape images, long[] sizes, long[] strides)
    {
        var layout = ImageLayout.Of(context);
        ImageWindows.FourNumbers(context, "ksize", sizes);
        ImageWindows.FourNumbers(context, "strides", strides);
        if (sizes[0] != 1 || strides[0] != 1)
        {
            throw context.Fail($"ksize [{string.Join(",", sizes)}] or strides [{string.Join(",", strides)}] pool over images, which is not supported");
        }

        if (context.Text("padding") == "EXPLICIT" && context.Ints("explicit_paddings") is { Length: 8 } margins
            && Array.Exists([layout.Rows, layout.Columns], i => Math.Max(margins[2 * i], margins[(2 * i) + 1]) >= sizes[i]))
        {
            throw context.Fail($"explicit_paddings [{string.Join(",", margins)}] reach as far as the window [{string.Join(",", sizes)}]; they must be smaller, lest a window lie in padding alone");
        }

        var depth = sizes[layout.Channels];
        var windows = ImageWindows.Of(
            context, layout, (images[1], images[2]), (sizes[layout.Rows], sizes[layout.Columns]), strides, [1, 1, 1, 1]);
        if (depth == 1 && strides[layout.Channels] == 1)
        {
            return new PoolingWindows(windows, 1);
        }

        if (sizes[layout.Rows] != 1 || sizes[layout.Columns] != 1)
        {
            throw context.Fail($"ksize [{string.Join(",", sizes)}] pools over channels together with rows or columns; only one of both is supported");
        }

        if (depth < 1 || depth != strides[layout.Channels] || images[3] % depth != 0)
        {
            throw context.Fail(
                $"a window of {depth} channels at a stride of {strides[layout.Channels]} over {images[3]} channels: "
                + "the window must equal the stride and divide the channels");
        }

        return new PoolingWindows(windows, (int)depth);
    }
}
