using MlTransfer.Features.Graphs.Onnx.Format;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>The images that a node reads, in NCHW.</summary>
/// <param name="Name">Their ONNX name.</param>
/// <param name="Shape">What is known of their shape, as [images, channels, rows, columns].</param>
/// <param name="ChannelsLast">Whether they are NHWC in the graph.</param>
internal sealed record ImageOperand(string Name, SymbolicShape Shape, bool ChannelsLast)
{
    /// <summary>An input of images.</summary>
    public static ImageOperand Of(OnnxNodeContext context, int input = 0)
    {
        var value = context.Input(input);
        var channelsLast = context.Node.IsNhwc;
        var shape = value.Shape.Extents is null ? SymbolicShape.OfRank(4) : value.Shape;
        if (shape.Rank != 4)
        {
            throw context.Fail($"its input has shape {shape}; images of four dimensions are expected");
        }

        return channelsLast
            ? new ImageOperand(context.Planar(input), SymbolicShape.Of(shape[0], shape[3], shape[1], shape[2]), true)
            : new ImageOperand(context.Plain(input), shape, false);
    }

    /// <summary>Where an attribute with a number for each dimension keeps those of rows and columns.</summary>
    public (int Rows, int Columns) Spatial => ChannelsLast ? (1, 2) : (2, 3);

    /// <summary>Adds the node that gives images.</summary>
    /// <param name="context">The node that is translated.</param>
    /// <param name="channels">Channels of the result.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="op">ONNX's operation.</param>
    /// <param name="inputs">Names of inputs.</param>
    /// <param name="attributes">Attributes.</param>
    public void Set(
        OnnxNodeContext context, SymbolicExtent channels, SymbolicExtent rows, SymbolicExtent columns, string op, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes) =>
        context.Set(ChannelsLast, ChannelsLast ? SymbolicShape.Of(Shape[0], rows, columns, channels) : SymbolicShape.Of(Shape[0], channels, rows, columns), op, inputs, attributes);
}
