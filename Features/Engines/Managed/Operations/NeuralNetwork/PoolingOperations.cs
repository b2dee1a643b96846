using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>The largest or mean value under a sliding window. Padding never counts: neither as a value nor, in a mean, as a cell.</summary>
internal static class PoolingOperations
{
    private const string Floats = "half, bfloat16, float, double";
    private const string Integers = "int32, int64, uint8, int16, int8, uint16";
    private const string Layouts = "data_format: {'NHWC', 'NCHW'} = 'NHWC'";
    private const string Padding = "padding: {'SAME', 'VALID'}";
    private const string AnyPadding = "padding: {'SAME', 'VALID', 'EXPLICIT'}";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "MaxPool(input: T) -> (output: T)",
            [
                $"T: {{{Floats}, {Integers}, qint8}} = float", "ksize: list(int)", "strides: list(int)", AnyPadding,
                "explicit_paddings: list(int) = []", Layouts,
            ],
            context => [MaxPool(context, context.Ints("ksize"), context.Ints("strides"))]),
        OperationDefinition.Define(
            "MaxPoolV2(input: T, ksize: int32, strides: int32) -> (output: T)",
            [$"T: {{{Floats}, {Integers}, qint8}} = float", Padding, Layouts],
            context => [MaxPool(context, context.IntValues(1), context.IntValues(2))]),
        OperationDefinition.Define(
            "MaxPoolWithArgmax(input: T) -> (output: T, argmax: Targmax)",
            [
                "ksize: list(int)", "strides: list(int)", "Targmax: {int32, int64} = int64", Padding, "include_batch_in_index: bool = false",
                $"T: {{{Floats}, {Integers}, uint32, uint64}}",
            ],
            context => WideElements.IsFloat(context.Type("T")) ? MaxPoolWithArgmax<double>(context) : MaxPoolWithArgmax<long>(context)),
        OperationDefinition.Define(
            "AvgPool(value: T) -> (output: T)",
            ["ksize: list(int)", "strides: list(int)", Padding, Layouts, $"T: {{{Floats}}}"],
            context => [AvgPool(context)]),
        OperationDefinition.Define(
            "Dilation2D(input: T, filter: T) -> (output: T)",
            [$"T: {{{Floats}, {Integers}, uint32, uint64}}", "strides: list(int)", "rates: list(int)", Padding],
            context => [WideElements.IsFloat(context.Type("T")) ? Dilation2D<double>(context, double.NegativeInfinity) : Dilation2D<long>(context, long.MinValue)]),
    ];

    private static Tensor MaxPool(OperationContext context, long[] sizes, long[] strides)
    {
        var layout = ImageLayout.Of(context);
        var images = layout.ToChannelsLast(context, context.Inputs[0]);
        var pooling = PoolingWindows.Of(context, images.Shape, sizes, strides);
        return layout.FromChannelsLast(
            WideElements.IsFloat(images.Type)
                ? MaxPool(context, images, pooling, double.NegativeInfinity)
                : MaxPool(context, images, pooling, long.MinValue));
    }

    private static Tensor MaxPool<TWide>(OperationContext context, Tensor images, PoolingWindows pooling, TWide lowest)
        where TWide : struct, INumber<TWide>
    {
        var values = WideElements.Read<TWide>(images);
        if (pooling.Depth == 1)
        {
            return Pool(context, images, pooling.Windows, lowest, TWide.Max, (largest, _) => largest);
        }

        var result = new TWide[values.Length / pooling.Depth];
        Array.Fill(result, lowest);
        for (var i = 0; i < values.Length; i++)
        {
            result[i / pooling.Depth] = TWide.Max(result[i / pooling.Depth], values[i]);
        }

        var shape = images.Shape;
        return WideElements.Write(images.Type, context.Shape(shape[0], shape[1], shape[2], shape[3] / pooling.Depth), result);
    }

    private static Tensor AvgPool(OperationContext context)
    {
        var layout = ImageLayout.Of(context);
        var images = layout.ToChannelsLast(context, context.Inputs[0]);
        var pooling = PoolingWindows.Of(context, images.Shape, context.Ints("ksize"), context.Ints("strides"));
        return pooling.Depth == 1
            ? layout.FromChannelsLast(Pool<double>(context, images, pooling.Windows, 0, (sum, value) => sum + value, (sum, cells) => sum / cells))
            : throw context.Fail("the mean over channels is not supported; only rows and columns can be averaged");
    }

    private static Tensor[] MaxPoolWithArgmax<TWide>(OperationContext context)
        where TWide : struct, INumber<TWide>
    {
        var images = ImageLayout.ChannelsLast.ToChannelsLast(context, context.Inputs[0]);
        var pooling = PoolingWindows.Of(context, images.Shape, context.Ints("ksize"), context.Ints("strides"));
        if (pooling.Depth != 1)
        {
            throw context.Fail("the place of the largest of several channels is not supported; only rows and columns can be pooled");
        }

        var shape = images.Shape;
        var values = WideElements.Read<TWide>(images);
        var (rows, columns) = pooling.Windows;
        var result = context.Shape(shape[0], rows.Output, columns.Output, shape[3]);
        var largest = new TWide[result.Count];
        var places = new long[result.Count];
        var found = new bool[result.Count];
        var imageLength = shape[1] * shape[2] * shape[3];
        Walk(shape, pooling.Windows, (target, source) =>
        {
            for (var channel = 0; channel < shape[3]; channel++)
            {
                var value = values[source + channel];
                if (!found[target + channel] || value > largest[target + channel])
                {
                    found[target + channel] = true;
                    largest[target + channel] = value;
                    places[target + channel] = source + channel;
                }
            }
        });

        var indices = context.Bool("include_batch_in_index") ? places : Array.ConvertAll(places, place => place % imageLength);
        return [WideElements.Write(images.Type, result, largest), WideElements.Write(context.Type("Targmax"), result, indices)];
    }

    private static Tensor Dilation2D<TWide>(OperationContext context, TWide lowest)
        where TWide : struct, INumber<TWide>
    {
        var images = ImageLayout.ChannelsLast.ToChannelsLast(context, context.Inputs[0]);
        var filter = context.Inputs[1];
        if (filter.Shape.Rank != 3 || filter.Shape[2] != images.Shape[3])
        {
            throw context.Fail($"the filter has shape {filter.Shape}; [height, width, {images.Shape[3]}] is expected");
        }

        var windows = ImageWindows.Of(
            context,
            ImageLayout.ChannelsLast,
            (images.Shape[1], images.Shape[2]),
            (filter.Shape[0], filter.Shape[1]),
            ImageWindows.FourNumbers(context, "strides", context.Ints("strides")),
            ImageWindows.FourNumbers(context, "rates", context.Ints("rates")));
        var (rows, columns) = windows;
        var (values, weights, channels) = (WideElements.Read<TWide>(images), WideElements.Read<TWide>(filter), images.Shape[3]);
        var shape = context.Shape(images.Shape[0], rows.Output, columns.Output, channels);
        var result = new TWide[shape.Count];
        Array.Fill(result, lowest);
        WalkCells(images.Shape, windows, (target, source, offset) =>
        {
            for (var channel = 0; channel < channels; channel++)
            {
                result[target + channel] = TWide.Max(result[target + channel], values[source + channel] + weights[(offset * channels) + channel]);
            }
        });
        return WideElements.Write(images.Type, shape, result);
    }

    /// <summary>Folds the cells under each window, then finishes with the number of cells that were inside the image.</summary>
    private static Tensor Pool<TWide>(
        OperationContext context, Tensor images, ImageWindows windows, TWide start, Func<TWide, TWide, TWide> fold, Func<TWide, int, TWide> finish)
        where TWide : struct, INumber<TWide>
    {
        var channels = images.Shape[3];
        var values = WideElements.Read<TWide>(images);
        var shape = context.Shape(images.Shape[0], windows.Rows.Output, windows.Columns.Output, channels);
        var result = new TWide[shape.Count];
        var cells = new int[shape.Count];
        Array.Fill(result, start);
        Walk(images.Shape, windows, (target, source) =>
        {
            for (var channel = 0; channel < channels; channel++)
            {
                result[target + channel] = fold(result[target + channel], values[source + channel]);
                cells[target + channel]++;
            }
        });

        for (var i = 0; i < result.Length; i++)
        {
            result[i] = finish(result[i], cells[i]);
        }

        return WideElements.Write(images.Type, shape, result);
    }

    /// <summary>Visits every cell inside the image under every place of the window: index of the place's first channel, of the cell's.</summary>
    private static void Walk(TensorShape images, ImageWindows windows, Action<int, int> visit) =>
        WalkCells(images, windows, (target, source, _) => visit(target, source));

    private static void WalkCells(TensorShape images, ImageWindows windows, Action<int, int, int> visit)
    {
        var (rows, columns) = windows;
        for (var cell = 0; cell < images[0] * rows.Output * columns.Output; cell++)
        {
            var (image, place) = Math.DivRem(cell, rows.Output * columns.Output);
            var (y, x) = Math.DivRem(place, columns.Output);
            var (top, bottom) = rows.Inside(y);
            var (left, right) = columns.Inside(x);
            for (var down = top; down < bottom; down++)
            {
                for (var across = left; across < right; across++)
                {
                    var source = (((image * rows.Input) + rows.Cell(y, down)) * columns.Input) + columns.Cell(x, across);
                    visit(cell * images[3], source * images[3], (down * columns.Window) + across);
                }
            }
        }
    }
}
