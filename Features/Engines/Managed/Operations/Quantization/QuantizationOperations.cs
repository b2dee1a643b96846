using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Quantization;

/// <summary>Floats to quantised integers and back, in TensorFlow's three modes.</summary>
/// <remarks>Computed in float like TensorFlow's CPU kernels (quantize_op, dequantize_op, quantization_utils), since the last bit decides which integer a tie becomes.</remarks>
internal static class QuantizationOperations
{
    private const string QuantizedTypes = "{qint8, quint8, qint32, qint16, quint16}";
    private const string Modes = "mode: {'MIN_COMBINED', 'MIN_FIRST', 'SCALED'} = 'MIN_COMBINED'";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "Dequantize(input: T, min_range: float, max_range: float) -> (output: dtype)",
            [$"T: {QuantizedTypes}", Modes, "narrow_range: bool = false", "axis: int = -1", "dtype: {bfloat16, float} = float"],
            context => [Dequantize(context)]),
        OperationDefinition.Define(
            "QuantizeV2(input: float, min_range: float, max_range: float) -> (output: T, output_min: float, output_max: float)",
            [
                $"T: {QuantizedTypes}", Modes, "round_mode: {'HALF_AWAY_FROM_ZERO', 'HALF_TO_EVEN'} = 'HALF_AWAY_FROM_ZERO'",
                "narrow_range: bool = false", "axis: int = -1", "ensure_minimum_range: float = 0.01",
            ],
            Quantize),
    ];

    private static Tensor Dequantize(OperationContext context)
    {
        var input = context.Inputs[0];
        var mode = context.Text("mode");
        var type = context.Type("dtype");
        if (type == DataType.BFloat16 && mode != "MIN_COMBINED")
        {
            throw context.Fail($"mode is {mode}; for a bfloat16 output only MIN_COMBINED is supported");
        }

        var range = QuantizedRange.Of(context, input.Type);
        var axis = SlicedAxis.Of(context, input.Shape, context.Int("axis"));
        var (lower, upper) = (axis.Bounds(context, 1), axis.Bounds(context, 2));
        RefuseSlicedMinFirst(context, mode, axis);
        var decoders = lower.Select((minimum, slice) => Decoder(mode, range, minimum, upper[slice], context.Bool("narrow_range"))).ToArray();
        var values = WideElements.Read<float>(input);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = decoders[axis.Slice(i)](values[i]);
        }

        return WideElements.Write(type, input.Shape, values);
    }

    /// <summary>The float that an integer stands for.</summary>
    private static Func<float, float> Decoder(string mode, QuantizedRange range, float minimum, float maximum, bool narrow)
    {
        switch (mode)
        {
            case "MIN_COMBINED":
                var step = (maximum - minimum) / (float)range.Steps;
                var half = range.HalfRange;
                return value => ((value + half) * step) + minimum;

            case "MIN_FIRST":
                // The lower bound is moved to a whole number of steps, so that 0 is among the floats.
                var scale = (float)((maximum - minimum) / range.Steps);
                var rounded = maximum == minimum ? minimum : MathF.Round(minimum / scale, MidpointRounding.AwayFromZero) * scale;
                return value => ((value - range.Lowest) * scale) + rounded;

            default:
                var fromHighest = maximum / range.Highest;
                var factor = range.IsSigned ? Math.Max(minimum / (range.Lowest + (narrow ? 1 : 0)), fromHighest) : fromHighest;
                return value => value * factor;
        }
    }

    private static Tensor[] Quantize(OperationContext context)
    {
        var input = context.Inputs[0];
        var (mode, type) = (context.Text("mode"), context.Type("T"));
        var toEven = context.Text("round_mode") == "HALF_TO_EVEN";
        if (toEven && mode != "SCALED")
        {
            throw context.Fail($"round_mode is HALF_TO_EVEN and mode is {mode}; ties go to even numbers in mode SCALED only");
        }

        var range = QuantizedRange.Of(context, type);
        var axis = SlicedAxis.Of(context, input.Shape, context.Int("axis"));
        var (lower, upper) = (axis.Bounds(context, 1), axis.Bounds(context, 2));
        RefuseSlicedMinFirst(context, mode, axis);
        var encoders = new Func<float, float>[axis.Slices];
        for (var slice = 0; slice < axis.Slices; slice++)
        {
            WidenRange(context, ref lower[slice], ref upper[slice]);
            encoders[slice] = Encoder(mode, range, ref lower[slice], ref upper[slice], context.Bool("narrow_range"), toEven);
        }

        var values = WideElements.Read<float>(input);
        var encoded = new long[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            encoded[i] = long.Clamp((long)encoders[axis.Slice(i)](values[i]), range.Lowest, range.Highest);
        }

        var bounds = axis.Slices == 1 ? TensorShape.Scalar : context.Inputs[1].Shape;
        return [WideElements.Write(type, input.Shape, encoded), Tensor.From(bounds, lower), Tensor.From(bounds, upper)];
    }

    /// <summary>Makes a range hold 0 and have a least width, so that its integers stand for different floats.</summary>
    private static void WidenRange(OperationContext context, ref float minimum, ref float maximum)
    {
        if (maximum < minimum)
        {
            throw context.Fail($"max_range {maximum} is below min_range {minimum}");
        }

        var least = Math.Max(1, Math.Max(Math.Abs(minimum), Math.Abs(maximum))) * context.Float("ensure_minimum_range");
        minimum = Math.Min(0, minimum);
        maximum = Math.Max(0, Math.Max(maximum, minimum + least));
    }

    /// <summary>The whole number that stands for a float; SCALED moves the bounds to what its extremes stand for.</summary>
    private static Func<float, float> Encoder(string mode, QuantizedRange range, ref float minimum, ref float maximum, bool narrow, bool toEven)
    {
        var (low, high) = (minimum, maximum);
        switch (mode)
        {
            case "MIN_COMBINED":
                var perUnit = (float)(range.Steps / (high - low));
                var half = range.HalfRange;
                return range.IsSigned
                    ? value => MathF.Round(((Clamp(value, low, high) - low) * perUnit) - half, MidpointRounding.AwayFromZero)
                    : value => MathF.Truncate(((Clamp(value, low, high) - low) * perUnit) + 0.5f);

            case "MIN_FIRST":
                var scale = high == low ? 0 : (float)(range.Steps / (high - low));
                var origin = MathF.Round(low * scale, MidpointRounding.AwayFromZero) - range.Lowest;
                return value => MathF.Round(value * scale, MidpointRounding.AwayFromZero) - origin;

            default:
                var lowest = range.Lowest + (narrow ? 1 : 0);
                var factor = Math.Min(
                    lowest * low > 0 ? lowest / low : float.MaxValue,
                    range.Highest * high > 0 ? range.Highest / high : float.MaxValue);
                (minimum, maximum) = (low, high) = (lowest / factor, range.Highest / factor);
                var rounding = toEven ? MidpointRounding.ToEven : MidpointRounding.AwayFromZero;
                return value => MathF.Round(Clamp(value, low, high) * factor, rounding);
        }
    }

    private static float Clamp(float value, float low, float high) => Math.Max(Math.Min(value, high), low);

    private static void RefuseSlicedMinFirst(OperationContext context, string mode, SlicedAxis axis)
    {
        if (mode == "MIN_FIRST" && axis.Slices != 1)
        {
            throw context.Fail("mode MIN_FIRST takes one range for the whole tensor; an axis is given");
        }
    }
}
