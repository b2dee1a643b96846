using MlTransfer.Features.Graphs.Onnx.Format;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Where a window goes over images: what ONNX wants to know of it, and the extents of the result.</summary>
/// <param name="Attributes">kernel_shape, strides, dilations and pads (or auto_pad, where the padding depends on sizes that are not known).</param>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Columns">Columns of the result.</param>
internal sealed record WindowPlacement(IReadOnlyList<AttributeProto> Attributes, SymbolicExtent Rows, SymbolicExtent Columns)
{
    /// <summary>Places a window.</summary>
    /// <param name="context">The node, with an attribute padding and perhaps explicit_paddings.</param>
    /// <param name="images">What it reads.</param>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="strides">Strides, a number for each dimension of the graph's order.</param>
    /// <param name="dilations">Dilations likewise; null for ones, which are then not stated.</param>
    /// <param name="extra">Zero padding before the node's own: top, bottom, left, right; or null.</param>
    public static WindowPlacement Of(OnnxNodeContext context, ImageOperand images, long[] kernel, long[] strides, long[]? dilations, int[]? extra = null)
    {
        var (rows, columns) = images.Spatial;
        var mode = context.Text("padding");
        var stated = mode == "EXPLICIT" ? context.Ints("explicit_paddings") : new long[8];
        long[] step = [strides[rows], strides[columns]];
        long[] spread = dilations is { Length: 4 } ? [dilations[rows], dilations[columns]] : [1, 1];
        SymbolicExtent[] extents = [images.Shape[2], images.Shape[3]];
        var results = new SymbolicExtent[2];
        var pads = new long[4];
        var isOpen = false;
        for (var i = 0; i < 2; i++)
        {
            var window = ((kernel[i] - 1) * spread[i]) + 1;
            var dimension = i == 0 ? rows : columns;
            if (mode == "SAME")
            {
                if (extents[i].IsKnown)
                {
                    var output = (extents[i].Value + step[i] - 1) / step[i];
                    var total = Math.Max(0, ((output - 1) * step[i]) + window - extents[i].Value);
                    (results[i], pads[i], pads[i + 2]) = (output, total / 2, total - (total / 2));
                }
                else if (step[i] == 1)
                {
                    // At stride 1 the padding is the same for every extent.
                    (results[i], pads[i], pads[i + 2]) = (extents[i], (window - 1) / 2, window - 1 - ((window - 1) / 2));
                }
                else
                {
                    results[i] = SymbolicExtent.Unknown;
                    isOpen |= window > 1;
                }

                continue;
            }

            (pads[i], pads[i + 2]) = (stated[2 * dimension] + (extra?[2 * i] ?? 0), stated[(2 * dimension) + 1] + (extra?[(2 * i) + 1] ?? 0));
            var room = extents[i].Value + pads[i] + pads[i + 2] - window;
            results[i] = !extents[i].IsKnown ? SymbolicExtent.Unknown
                : room >= 0 ? (room / step[i]) + 1
                : throw context.Fail($"a window of {window} does not fit into {extents[i]} with padding {pads[i]} + {pads[i + 2]}");
        }

        if (isOpen && spread is not [1, 1])
        {
            throw context.Fail("it has strides and dilations, padding SAME, and images of a size that is not known; state the size in the graph's input");
        }

        var attributes = new List<AttributeProto> { OnnxAttribute.Ints("kernel_shape", kernel), OnnxAttribute.Ints("strides", step) };
        if (dilations is not null)
        {
            attributes.Add(OnnxAttribute.Ints("dilations", spread));
        }

        // SAME_UPPER is TensorFlow's SAME: an odd row or column of padding goes to the bottom and right.
        attributes.Add(isOpen ? OnnxAttribute.Text("auto_pad", "SAME_UPPER") : OnnxAttribute.Ints("pads", pads));
        return new WindowPlacement(attributes, results[0], results[1]);
    }
}
