namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>How a window slides along one dimension of an image.</summary>
/// <param name="Input">Cells of the input.</param>
/// <param name="Window">Cells of the window, before dilation.</param>
/// <param name="Stride">Cells from one place to the next.</param>
/// <param name="Dilation">Distance of the window's cells; 1 is dense.</param>
/// <param name="Before">Cells of padding before the input's first.</param>
/// <param name="Output">Number of places.</param>
/// <remarks>Source: TensorFlow, GetWindowedOutputSizeVerbose.</remarks>
internal readonly record struct WindowDimension(int Input, int Window, int Stride, int Dilation, int Before, int Output)
{
    /// <summary>Largest window, stride, dilation and padding.</summary>
    public const int Limit = 1 << 24;

    /// <summary>Most cells from a window's first to its last.</summary>
    public const long MostSpan = 1 << 30;

    /// <summary>The input's cell under a cell of the window; outside 0 … Input − 1 in the padding.</summary>
    public int Cell(int place, int offset) => (place * Stride) - Before + (offset * Dilation);

    /// <summary>Whether a cell lies in the input.</summary>
    public bool Holds(int cell) => (uint)cell < (uint)Input;

    /// <summary>The cells of the window that lie in the input, first and one past the last, at a place; none where the last is not after the first.</summary>
    public (int First, int End) Inside(int place)
    {
        var start = Cell(place, 0);
        return (start >= 0 ? 0 : (-start + Dilation - 1) / Dilation, start >= Input ? 0 : Math.Min(Window, ((Input - 1 - start) / Dilation) + 1));
    }

    /// <summary>Works out places and padding.</summary>
    /// <param name="context">For messages.</param>
    /// <param name="input">Cells of the input.</param>
    /// <param name="window">Cells of the window.</param>
    /// <param name="stride">Cells from one place to the next, at least 1.</param>
    /// <param name="dilation">Distance of the window's cells, at least 1.</param>
    /// <param name="padding">SAME, VALID or EXPLICIT.</param>
    /// <param name="before">Cells before, for EXPLICIT.</param>
    /// <param name="after">Cells after, for EXPLICIT.</param>
    public static WindowDimension Of(
        OperationContext context, int input, long window, long stride, long dilation, string padding, long before, long after)
    {
        if (window is < 1 or > Limit || stride is < 1 or > Limit || dilation is < 1 or > Limit || before is < 0 or > Limit || after is < 0 or > Limit)
        {
            throw context.Fail(
                $"window {window}, stride {stride}, dilation {dilation}, explicit padding {before} and {after}: "
                + $"1 to {Limit} is expected, for padding 0 to {Limit}");
        }

        var span = ((window - 1) * dilation) + 1;
        if (span > MostSpan)
        {
            throw context.Fail($"a window of {window} cells at distances of {dilation} spans {span}; at most {MostSpan} is expected");
        }

        long output;
        if (padding == "SAME")
        {
            output = (input + stride - 1) / stride;
            before = Math.Max(0, ((output - 1) * stride) + span - input) / 2;
        }
        else
        {
            output = (input + before + after - span + stride) / stride;
        }

        return output >= 0
            ? new WindowDimension(input, (int)window, (int)stride, (int)dilation, (int)before, (int)output)
            : throw context.Fail(
                $"the output would have {output} cells: the window spans {span} of an input of {input} cells with {before} + {after} of padding");
    }
}
