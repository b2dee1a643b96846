using System.Runtime.InteropServices;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>Writes the weights of convolutions and products, with the scale of each output channel multiplied in.</summary>
internal static class WeightWriter
{
    /// <summary>Fewer elements than this are kept as floats: rounding them would save next to nothing.</summary>
    public const int FewestToRound = 65_536;

    /// <summary>Writes the weights and returns their ONNX name.</summary>
    public static string Write(OnnxNodeContext context, FusedOperation fused, FilterOrder order)
    {
        var name = context.Node.Name + "/weights";
        if (context.Translation.IsForShapes)
        {
            return name;
        }

        var source = context.Translation.Source;
        if (context.Translation.Weights == ExportWeights.UInt8)
        {
            if (source.Quantized(context.Node) is { } stored)
            {
                // Counted from the integer nearest to 0, rounding of the step makes an error in proportion to the weight.
                var zero = Math.Clamp(Math.Round(-stored.Lowest / stored.Step), 0, byte.MaxValue);
                var rest = stored.Lowest + (zero * stored.Step);
                return WriteIntegers(
                    context, name, order, Reorder<byte>(stored.Integers.AsSpan<byte>(), order), [(float)zero],
                    Array.ConvertAll(fused.Scale, scale => (float)(stored.Step * scale)), Array.ConvertAll(fused.Scale, scale => (float)(rest * scale)));
            }

            if (fused.WeightShape.Count >= FewestToRound)
            {
                return WriteRounded(context, name, order, source.Weights(context.Node).AsSpan<float>(), fused.Scale);
            }
        }

        return context.Builder.Constant(name, OnnxElementType.Float, order.Extents, Scaled(source.Weights(context.Node).AsSpan<float>(), order, fused.Scale));
    }

    /// <summary>The summand of each output channel, or null where all are 0.</summary>
    public static string? WriteShift(OnnxNodeContext context, FusedOperation fused) => Array.TrueForAll(fused.Shift, shift => shift == 0)
        ? null
        : context.Builder.Floats(context.Node.Name + "/bias", [fused.Shift.Length], Array.ConvertAll(fused.Shift, shift => (float)shift));

    private static string WriteRounded(OnnxNodeContext context, string name, FilterOrder order, ReadOnlySpan<float> weights, double[] scale)
    {
        var channels = scale.Length;
        var (low, high) = (new float[channels], new float[channels]);
        for (var (b, i) = (0, 0); i < weights.Length; b = b + 1 == order.B ? 0 : b + 1)
        {
            for (var c = 0; c < order.C; c++, i++)
            {
                var channel = (b * order.ChannelB) + (c * order.ChannelC);
                low[channel] = Math.Min(low[channel], weights[i]);
                high[channel] = Math.Max(high[channel], weights[i]);
            }
        }

        var (steps, zeros) = (new double[channels], new float[channels]);
        for (var channel = 0; channel < channels; channel++)
        {
            steps[channel] = high[channel] == low[channel] ? 1 : ((double)high[channel] - low[channel]) / byte.MaxValue;
            zeros[channel] = (float)Math.Round(-low[channel] / steps[channel]);
        }

        var integers = new byte[weights.Length];
        for (var (b, i) = (0, 0); i < weights.Length; b = b + 1 == order.B ? 0 : b + 1)
        {
            for (var c = 0; c < order.C; c++, i++)
            {
                var channel = (b * order.ChannelB) + (c * order.ChannelC);
                integers[i] = (byte)Math.Clamp(Math.Round(weights[i] / steps[channel]) + zeros[channel], 0, byte.MaxValue);
            }
        }

        return WriteIntegers(context, name, order, Reorder<byte>(integers, order), zeros, [.. steps.Select((step, channel) => (float)(step * scale[channel]))], [0]);
    }

    /// <summary>
    /// (integer − zero) · step + rest. Runtimes compute these nodes once, while loading; DequantizeLinear, which would say nearly the same, ONNX Runtime
    /// computes in every run.
    /// </summary>
    private static string WriteIntegers(OnnxNodeContext context, string name, FilterOrder order, byte[] integers, float[] zeros, float[] steps, float[] rest)
    {
        var builder = context.Builder;
        var hasRest = Array.Exists(rest, value => value != 0);
        var floats = builder.Node("Cast", builder.Unique(name + "/float"), [builder.Constant(name + "/uint8", OnnxElementType.Of(DataType.UInt8), order.Extents, integers)], OnnxAttribute.Int("to", OnnxElementType.Float));
        var centred = builder.Node("Sub", builder.Unique(name + "/centred"), [floats, PerChannel(name + "/zero", zeros)]);
        var scaled = builder.Node("Mul", builder.Unique(hasRest ? name + "/scaled" : name), [centred, PerChannel(name + "/step", steps)]);
        return hasRest ? builder.Node("Add", builder.Unique(name), [scaled, PerChannel(name + "/rest", rest)]) : scaled;

        string PerChannel(string what, float[] values) => Array.TrueForAll(values, value => value == values[0])
            ? builder.Floats(what, [], values.AsSpan(0, 1))
            : builder.Floats(what, order.ChannelExtents, values);
    }

    private static byte[] Scaled(ReadOnlySpan<float> weights, FilterOrder order, double[] scale)
    {
        var bytes = new byte[weights.Length * sizeof(float)];
        var target = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        var i = 0;
        for (var a = 0; a < order.A; a++)
        {
            for (var b = 0; b < order.B; b++)
            {
                var (at, channel) = ((a * order.TargetA) + (b * order.TargetB), b * order.ChannelB);
                for (var c = 0; c < order.C; c++, i++)
                {
                    target[at + (c * order.TargetC)] = (float)(weights[i] * scale[channel + (c * order.ChannelC)]);
                }
            }
        }

        return bytes;
    }

    private static T[] Reorder<T>(ReadOnlySpan<T> source, FilterOrder order)
    {
        var target = new T[source.Length];
        var i = 0;
        for (var a = 0; a < order.A; a++)
        {
            for (var b = 0; b < order.B; b++)
            {
                var at = (a * order.TargetA) + (b * order.TargetB);
                for (var c = 0; c < order.C; c++, i++)
                {
                    target[at + (c * order.TargetC)] = source[i];
                }
            }
        }

        return target;
    }
}
