using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Quantization;

/// <summary>Floats rounded to those that a quantised integer could stand for, as in networks trained to be quantised.</summary>
/// <remarks>Sources: TensorFlow, fake_quant_ops_functor and quantize_and_dequantize_op; computed in float as there.</remarks>
internal static class SimulatedQuantizationOperations
{
    private const string NumBits = "num_bits: int = 8";
    private const string NarrowRange = "narrow_range: bool = false";
    private const string Floats = "{bfloat16, half, float, double}";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "FakeQuantWithMinMaxArgs(inputs: float) -> (outputs: float)",
            ["min: float = -6.0", "max: float = 6.0", NumBits, NarrowRange],
            FakeQuantWithMinMaxArgs),
        OperationDefinition.Define(
            "FakeQuantWithMinMaxVars(inputs: float, min: float, max: float) -> (outputs: float)", [NumBits, NarrowRange], FakeQuantWithMinMaxVars),
        OperationDefinition.Define(
            "FakeQuantWithMinMaxVarsPerChannel(inputs: float, min: float, max: float) -> (outputs: float)",
            [NumBits, NarrowRange],
            FakeQuantWithMinMaxVarsPerChannel),
        OperationDefinition.Define(
            "QuantizeAndDequantizeV2(input: T, input_min: T, input_max: T) -> (output: T)",
            [
                "signed_input: bool = true", NumBits, "range_given: bool = false", $"T: {Floats}",
                "round_mode: {'HALF_TO_EVEN', 'HALF_UP'} = 'HALF_TO_EVEN'", NarrowRange, "axis: int = -1",
            ],
            context => QuantizeAndDequantize(context, context.Int("num_bits"), context.Text("round_mode") == "HALF_UP")),
        OperationDefinition.Define(
            "QuantizeAndDequantizeV3(input: T, input_min: T, input_max: T, num_bits: int32) -> (output: T)",
            ["signed_input: bool = true", "range_given: bool = true", $"T: {Floats}", NarrowRange, "axis: int = -1"],
            context => QuantizeAndDequantize(context, context.IntValue(3), halfUp: false)),
    ];

    private static Tensor[] FakeQuantWithMinMaxArgs(OperationContext context)
    {
        var (minimum, maximum) = (context.Float("min"), context.Float("max"));
        return minimum < maximum
            ? FakeQuant(context, 1, [minimum], [maximum])
            : throw context.Fail($"min is {minimum} and max {maximum}; min must be smaller");
    }

    private static Tensor[] FakeQuantWithMinMaxVars(OperationContext context)
    {
        var (minimum, maximum) = (context.Inputs[1], context.Inputs[2]);
        return minimum.Count == 1 && maximum.Count == 1 && minimum.Shape.Rank <= 1 && maximum.Shape.Rank <= 1
            ? FakeQuant(context, 1, [minimum.AsSpan<float>()[0]], [maximum.AsSpan<float>()[0]])
            : throw context.Fail($"min has shape {minimum.Shape} and max {maximum.Shape}; scalars are expected");
    }

    private static Tensor[] FakeQuantWithMinMaxVarsPerChannel(OperationContext context)
    {
        var shape = context.Inputs[0].Shape;
        var (minimum, maximum) = (context.Inputs[1], context.Inputs[2]);
        var channels = shape.Rank == 0 ? 0 : shape[shape.Rank - 1];
        var expected = new TensorShape(channels);
        return shape.Rank > 0 && minimum.Shape == expected && maximum.Shape == expected
            ? FakeQuant(context, channels, minimum.AsSpan<float>(), maximum.AsSpan<float>())
            : throw context.Fail($"min has shape {minimum.Shape} and max {maximum.Shape}; the last dimension's size of an input of shape {shape} is expected");
    }

    private static Tensor[] FakeQuant(OperationContext context, int channels, ReadOnlySpan<float> minima, ReadOnlySpan<float> maxima)
    {
        var bits = context.Int("num_bits");
        if (bits is < 2 or > 16)
        {
            throw context.Fail($"num_bits is {bits}; 2 to 16 is expected");
        }

        float lowest = context.Bool("narrow_range") ? 1 : 0;
        float highest = (1 << (int)bits) - 1;
        var values = context.Inputs[0].AsSpan<float>().ToArray();
        for (var channel = 0; channel < channels; channel++)
        {
            var (minimum, maximum) = (minima[channel], maxima[channel]);
            if (minimum == 0 && maximum == 0)
            {
                for (var i = channel; i < values.Length; i += channels)
                {
                    values[i] = 0;
                }

                continue;
            }

            // The range is nudged so that 0 is one of the floats.
            var scale = (maximum - minimum) / (highest - lowest);
            var zero = Math.Clamp(MathF.Round(lowest - (minimum / scale), MidpointRounding.AwayFromZero), lowest, highest);
            var (low, high) = ((lowest - zero) * scale, (highest - zero) * scale);
            var inverse = 1 / scale;
            for (var i = channel; i < values.Length; i += channels)
            {
                var clamped = Math.Max(Math.Min(values[i], high), low);
                values[i] = (MathF.Floor(((clamped - low) * inverse) + 0.5f) * scale) + low;
            }
        }

        return [Tensor.From(context.Inputs[0].Shape, values)];
    }

    private static Tensor[] QuantizeAndDequantize(OperationContext context, long bits, bool halfUp)
    {
        var input = context.Inputs[0];
        var signed = context.Bool("signed_input");
        if (bits < (signed ? 2 : 1) || bits > 63)
        {
            throw context.Fail($"num_bits is {bits}; {(signed ? 2 : 1)} to 63 is expected");
        }

        var (lowest, highest) = signed
            ? (-(1L << (int)(bits - 1)) + (context.Bool("narrow_range") ? 1 : 0), (1L << (int)(bits - 1)) - 1)
            : (0, (1L << (int)bits) - 1);
        var axis = SlicedAxis.Of(context, input.Shape, context.Int("axis"));
        var values = WideElements.Read<float>(input);
        var given = context.Bool("range_given");
        var (minima, maxima) = given ? (axis.Bounds(context, 1), axis.Bounds(context, 2)) : Extremes(values, axis);
        var scales = new float[axis.Slices];
        var steps = new float[axis.Slices];
        for (var slice = 0; slice < axis.Slices; slice++)
        {
            if (minima[slice] > maxima[slice])
            {
                throw context.Fail($"input_min {minima[slice]} is above input_max {maxima[slice]}");
            }

            var fromLow = lowest * minima[slice] > 0 ? lowest / minima[slice] : float.MaxValue;
            var fromHigh = highest * maxima[slice] > 0 ? highest / maxima[slice] : float.MaxValue;
            (scales[slice], steps[slice]) = fromLow < fromHigh ? (fromLow, minima[slice] / lowest) : (fromHigh, maxima[slice] / highest);
            (minima[slice], maxima[slice]) = fromLow < fromHigh
                ? (minima[slice], highest * steps[slice])
                : (lowest * steps[slice], maxima[slice]);
        }

        for (var i = 0; i < values.Length; i++)
        {
            var slice = axis.Slice(i);
            var value = given ? Math.Max(Math.Min(values[i], maxima[slice]), minima[slice]) : Math.Min(values[i], maxima[slice]);
            var scaled = value * scales[slice];
            values[i] = (halfUp ? MathF.Floor(scaled + 0.5f) : MathF.Round(scaled, MidpointRounding.ToEven)) * steps[slice];
        }

        return [WideElements.Write(input.Type, input.Shape, values)];
    }

    private static (float[] Minima, float[] Maxima) Extremes(float[] values, SlicedAxis axis)
    {
        var minima = new float[axis.Slices];
        var maxima = new float[axis.Slices];
        Array.Fill(minima, float.MaxValue);
        Array.Fill(maxima, float.MinValue);
        for (var i = 0; i < values.Length; i++)
        {
            var slice = axis.Slice(i);
            minima[slice] = Math.Min(minima[slice], values[i]);
            maxima[slice] = Math.Max(maxima[slice], values[i]);
        }

        return (minima, maxima);
    }
}
