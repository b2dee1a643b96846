using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Images;

/// <summary>Colour spaces and contrast.</summary>
internal static class ColorOperations
{
    private const string Types = "T: {half, bfloat16, float, double} = float";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define("RGBToHSV(images: T) -> (output: T)", [Types], context => [EachColor(context, context.Inputs[0], ToHsv)]),
        OperationDefinition.Define("HSVToRGB(images: T) -> (output: T)", [Types], context => [EachColor(context, context.Inputs[0], ToRgb)]),
        OperationDefinition.Define(
            "AdjustContrastv2(images: T, contrast_factor: float) -> (output: T)", ["T: {half, float} = float"], context => [AdjustContrast(context)]),
        OperationDefinition.Define(
            "AdjustSaturation(images: T, scale: float) -> (output: T)", ["T: {half, float} = float"], context => [AdjustSaturation(context)]),
        OperationDefinition.Define("AdjustHue(images: T, delta: float) -> (output: T)", ["T: {half, float} = float"], context => [AdjustHue(context)]),
    ];

    private static Tensor AdjustSaturation(OperationContext context)
    {
        var scale = Factor(context);
        return EachColor(context, context.Inputs[0], color =>
        {
            var (hue, saturation, value) = ToHsv(color);
            return ToRgb((hue, Math.Clamp(saturation * scale, 0, 1), value));
        });
    }

    private static Tensor AdjustHue(OperationContext context)
    {
        var delta = Factor(context);
        return EachColor(context, context.Inputs[0], color =>
        {
            var (hue, saturation, value) = ToHsv(color);
            return ToRgb((hue + delta - Math.Floor(hue + delta), saturation, value));
        });
    }

    /// <summary>(x − mean) · factor + mean, where the mean is that of a channel of one image.</summary>
    private static Tensor AdjustContrast(OperationContext context)
    {
        var images = context.Inputs[0];
        var factor = Factor(context);
        if (images.Shape.Rank < 3)
        {
            throw context.Fail($"the images have shape {images.Shape}; at least height, width and channels are expected");
        }

        var channels = images.Shape[images.Shape.Rank - 1];
        var pixels = images.Shape[images.Shape.Rank - 2] * images.Shape[images.Shape.Rank - 3];
        var values = WideElements.Read<double>(images);
        for (var first = 0; first < values.Length; first += pixels * channels)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                double mean = 0;
                for (var i = 0; i < pixels; i++)
                {
                    mean += values[first + (i * channels) + channel] / pixels;
                }

                for (var i = 0; i < pixels; i++)
                {
                    ref var value = ref values[first + (i * channels) + channel];
                    value = ((value - mean) * factor) + mean;
                }
            }
        }

        return WideElements.Write(images.Type, images.Shape, values);
    }

    /// <summary>Hue, saturation and value, each 0 to 1; hue 0 is red, 1/3 green, 2/3 blue.</summary>
    private static (double Hue, double Saturation, double Value) ToHsv((double Red, double Green, double Blue) color)
    {
        var (red, green, blue) = color;
        var value = Math.Max(red, Math.Max(green, blue));
        var range = value - Math.Min(red, Math.Min(green, blue));
        var saturation = value > 0 ? range / value : 0;
        if (!(range > 0))
        {
            return (0, saturation, value);
        }

        var hue = red == value ? (green - blue) / (6 * range) : green == value ? ((blue - red) / (6 * range)) + (1 / 3.0) : ((red - green) / (6 * range)) + (2 / 3.0);
        return (hue < 0 ? hue + 1 : hue, saturation, value);
    }

    private static (double Red, double Green, double Blue) ToRgb((double Hue, double Saturation, double Value) color)
    {
        var (hue, saturation, value) = color;
        double Component(double colour) => value * (1 - saturation + (saturation * Math.Clamp(colour, 0, 1)));
        return (Component(Math.Abs((6 * hue) - 3) - 1), Component(2 - Math.Abs((6 * hue) - 2)), Component(2 - Math.Abs((6 * hue) - 4)));
    }

    private static Tensor EachColor(OperationContext context, Tensor images, Func<(double, double, double), (double, double, double)> convert)
    {
        if (images.Shape.Rank == 0 || images.Shape[images.Shape.Rank - 1] != 3)
        {
            throw context.Fail($"the images have shape {images.Shape}; 3 channels are expected in the last dimension");
        }

        var values = WideElements.Read<double>(images);
        for (var i = 0; i < values.Length; i += 3)
        {
            (values[i], values[i + 1], values[i + 2]) = convert((values[i], values[i + 1], values[i + 2]));
        }

        return WideElements.Write(images.Type, images.Shape, values);
    }

    private static float Factor(OperationContext context) => context.Inputs[1].Count == 1
        ? context.Inputs[1].AsSpan<float>()[0]
        : throw context.Fail($"input 1 has shape {context.Inputs[1].Shape}; a scalar is expected");
}
