using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>The plain two-dimensional convolutions over images in NHWC.</summary>
internal static class Convolution
{
    /// <summary>Convolution with a filter [height, width, input channels / groups, output channels].</summary>
    /// <remarks>For each output cell, the sum over the window's cells and input channels of input · filter row.</remarks>
    public static TWide[] Apply<TWide>(ReadOnlySpan<TWide> input, TensorShape shape, ReadOnlySpan<TWide> filter, TensorShape filterShape, ImageWindows windows)
        where TWide : struct, INumber<TWide>
    {
        var (rows, columns) = windows;
        var (channels, groupChannels, outputs) = (shape[3], filterShape[2], filterShape[3]);
        var groups = groupChannels == 0 ? 0 : channels / groupChannels;
        var groupOutputs = groups == 0 ? 0 : outputs / groups;
        var result = new TWide[shape[0] * rows.Output * columns.Output * outputs];
        for (var cell = 0; cell < shape[0] * rows.Output * columns.Output; cell++)
        {
            var (image, place) = Math.DivRem(cell, rows.Output * columns.Output);
            var sums = result.AsSpan(cell * outputs, outputs);
            for (var offset = 0; offset < rows.Window * columns.Window; offset++)
            {
                var row = rows.Cell(place / columns.Output, offset / columns.Window);
                var column = columns.Cell(place % columns.Output, offset % columns.Window);
                if (!rows.Holds(row) || !columns.Holds(column))
                {
                    continue;
                }

                var pixel = input.Slice(((((image * rows.Input) + row) * columns.Input) + column) * channels, channels);
                var weights = filter.Slice(offset * groupChannels * outputs, groupChannels * outputs);
                for (var channel = 0; channel < channels; channel++)
                {
                    var firstOutput = channel / groupChannels * groupOutputs;
                    var filterRow = weights.Slice((channel % groupChannels * outputs) + firstOutput, groupOutputs);
                    WideElements.AddScaled(sums.Slice(firstOutput, groupOutputs), filterRow, pixel[channel]);
                }
            }
        }

        return result;
    }

    /// <summary>Convolution of each channel by itself with a filter [height, width, channels, multiplier]; output channel = channel · multiplier + m.</summary>
    public static double[] ApplyDepthwise(ReadOnlySpan<double> input, TensorShape shape, ReadOnlySpan<double> filter, int multiplier, ImageWindows windows)
    {
        var (rows, columns) = windows;
        var channels = shape[3];
        var outputs = channels * multiplier;
        var result = new double[shape[0] * rows.Output * columns.Output * outputs];
        for (var cell = 0; cell < shape[0] * rows.Output * columns.Output; cell++)
        {
            var (image, place) = Math.DivRem(cell, rows.Output * columns.Output);
            var sums = result.AsSpan(cell * outputs, outputs);
            for (var offset = 0; offset < rows.Window * columns.Window; offset++)
            {
                var row = rows.Cell(place / columns.Output, offset / columns.Window);
                var column = columns.Cell(place % columns.Output, offset % columns.Window);
                if (!rows.Holds(row) || !columns.Holds(column))
                {
                    continue;
                }

                var pixel = input.Slice(((((image * rows.Input) + row) * columns.Input) + column) * channels, channels);
                var weights = filter.Slice(offset * outputs, outputs);
                for (var output = 0; output < outputs; output++)
                {
                    sums[output] += pixel[output / multiplier] * weights[output];
                }
            }
        }

        return result;
    }

    /// <summary>The transpose of <see cref="Apply"/>: spreads each cell of the gradient over the window it came from.</summary>
    /// <param name="gradient">Images as the convolution gives them, [batch, rows.Output, columns.Output, outputs].</param>
    /// <param name="shape">Shape of the result: what the convolution was applied to.</param>
    /// <param name="filter">The convolution's filter.</param>
    /// <param name="filterShape">[height, width, input channels / groups, outputs].</param>
    /// <param name="windows">The convolution's windows.</param>
    public static TWide[] ApplyTransposed<TWide>(
        ReadOnlySpan<TWide> gradient, TensorShape shape, ReadOnlySpan<TWide> filter, TensorShape filterShape, ImageWindows windows)
        where TWide : struct, INumber<TWide>
    {
        var (rows, columns) = windows;
        var (channels, groupChannels, outputs) = (shape[3], filterShape[2], filterShape[3]);
        var groups = groupChannels == 0 ? 0 : channels / groupChannels;
        var groupOutputs = groups == 0 ? 0 : outputs / groups;
        var result = new TWide[shape.Count];
        for (var cell = 0; cell < shape[0] * rows.Output * columns.Output; cell++)
        {
            var (image, place) = Math.DivRem(cell, rows.Output * columns.Output);
            var values = gradient.Slice(cell * outputs, outputs);
            for (var offset = 0; offset < rows.Window * columns.Window; offset++)
            {
                var row = rows.Cell(place / columns.Output, offset / columns.Window);
                var column = columns.Cell(place % columns.Output, offset % columns.Window);
                if (!rows.Holds(row) || !columns.Holds(column))
                {
                    continue;
                }

                var pixel = result.AsSpan(((((image * rows.Input) + row) * columns.Input) + column) * channels, channels);
                for (var channel = 0; channel < channels; channel++)
                {
                    var firstOutput = channel / groupChannels * groupOutputs;
                    var weights = filter.Slice((((offset * groupChannels) + (channel % groupChannels)) * outputs) + firstOutput, groupOutputs);
                    var sum = TWide.Zero;
                    for (var output = 0; output < groupOutputs; output++)
                    {
                        sum += values[firstOutput + output] * weights[output];
                    }

                    pixel[channel] += sum;
                }
            }
        }

        return result;
    }
}
