namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>How a node's windows slide over the rows and columns of its images, as its attributes say.</summary>
/// <param name="Rows">Along the height.</param>
/// <param name="Columns">Along the width.</param>
internal readonly record struct ImageWindows(WindowDimension Rows, WindowDimension Columns)
{
    /// <summary>The windows of a convolution.</summary>
    /// <param name="context">The node: strides, dilations, padding, explicit_paddings, data_format.</param>
    /// <param name="height">Rows of the images slid over.</param>
    /// <param name="width">Columns of the images slid over.</param>
    /// <param name="windowHeight">Rows of the window.</param>
    /// <param name="windowWidth">Columns of the window.</param>
    public static ImageWindows OfConvolution(OperationContext context, int height, int width, int windowHeight, int windowWidth)
    {
        var layout = ImageLayout.Of(context);
        var strides = FourNumbers(context, "strides", context.Ints("strides"));
        var dilations = context.Has("dilations") ? FourNumbers(context, "dilations", context.Ints("dilations")) : [1, 1, 1, 1];
        foreach (var (name, values) in new[] { ("strides", strides), ("dilations", dilations) })
        {
            if (values[0] != 1 || values[layout.Channels] != 1)
            {
                throw context.Fail($"{name} [{string.Join(",", values)}] step over images or channels; 1 is expected there");
            }
        }

        return Of(context, layout, (height, width), (windowHeight, windowWidth), strides, dilations);
    }

    /// <summary>The windows of a node, rows and columns taken out of lists in the order of its layout.</summary>
    public static ImageWindows Of(
        OperationContext context, ImageLayout layout, (int Height, int Width) image, (long Height, long Width) window, long[] strides, long[] dilations)
    {
        var padding = context.Text("padding");
        var paddings = Paddings(context, layout, padding);
        WindowDimension Dimension(int index, int input, long size) =>
            WindowDimension.Of(context, input, size, strides[index], dilations[index], padding, paddings[2 * index], paddings[(2 * index) + 1]);

        return new ImageWindows(Dimension(layout.Rows, image.Height, window.Height), Dimension(layout.Columns, image.Width, window.Width));
    }

    /// <summary>A list attribute with a number for each dimension of a batch of images.</summary>
    public static long[] FourNumbers(OperationContext context, string name, long[] values) => values.Length == 4
        ? values
        : throw context.Fail($"{name} has {values.Length} numbers; one for each of the 4 dimensions is expected");

    private static long[] Paddings(OperationContext context, ImageLayout layout, string padding)
    {
        var paddings = context.Has("explicit_paddings") ? context.Ints("explicit_paddings") : [];
        if (padding != "EXPLICIT")
        {
            return paddings.Length == 0 ? new long[8] : throw context.Fail($"explicit_paddings are given, but padding is {padding}");
        }

        if (paddings.Length != 8)
        {
            throw context.Fail($"explicit_paddings has {paddings.Length} numbers; before and after for each of the 4 dimensions, 8, are expected");
        }

        var outside = paddings[0] != 0 || paddings[1] != 0 || paddings[2 * layout.Channels] != 0 || paddings[(2 * layout.Channels) + 1] != 0;
        return !outside ? paddings : throw context.Fail($"explicit_paddings [{string.Join(",", paddings)}] pad images or channels; 0 is expected there");
    }
}
