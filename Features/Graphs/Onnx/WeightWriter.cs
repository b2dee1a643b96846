using System.Runtime.InteropServices;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>Writes the weights of convolutions and products, with the scale of each output channel multiplied in.</summary>
internal static class WeightWriter
{
    /// <summary>Fewer elements than this are kept as floats: rounding them would save next to nothing.</summary>
    private const int FewestToRound = 65_536;

    /// <summary>Writes the weights and returns their ONNX name.</summary>
    public static string Write(OnnxNodeContext context, FusedOperation fused, FilterOrder order)
    {
        var name = context.Node.Name + "/weights";
        var weights = fused.Weights!.Floats;
        if (context.Translation.Weights == OnnxWeights.UInt8)
        {
            if (context.Translation.Quantized.TryGetValue(weights, out var stored))
            {
                var steps = Array.ConvertAll(fused.Scale, scale => (float)(stored.Step * scale));
                var lowest = Array.ConvertAll(fused.Scale, scale => (float)(stored.Lowest * scale));
                return WriteIntegers(context, name, order, Reorder<byte>(stored.Integers.AsSpan<byte>(), order), steps, lowest);
            }

            if (weights.Count >= FewestToRound)
            {
                return WriteRounded(context, name, order, weights.AsSpan<float>(), fused.Scale);
            }
        }

        return context.Builder.Constant(name, OnnxElementType.Float, order.Extents, Scaled(weights.AsSpan<float>(), order, fused.Scale));
    }

    /// <summary>The summand of each output channel, or null where all are 0.</summary>
    public static string? WriteShift(OnnxNodeContext context, FusedOperation fused) => Array.TrueForAll(fused.Shift, shift => shift == 0)
        ? null
        : context.Builder.Floats(context.Node.Name + "/bias", [fused.Shift.Length], Array.ConvertAll(fused.Shift, shift => (float)shift));

    private static string WriteRounded(OnnxNodeContext context, string name, FilterOrder order, ReadOnlySpan<float> weights, double[] scale)
    {
        var channels = scale.Length;
        var (low, high) = (new float[channels], new float[channels]);
        Array.Fill(low, float.PositiveInfinity);
        Array.Fill(high, float.NegativeInfinity);
        for (var (b, i) = (0, 0); i < weights.Length; b = b + 1 == order.B ? 0 : b + 1)
        {
            for (var c = 0; c < order.C; c++, i++)
            {
                var channel = (b * order.ChannelB) + (c * order.ChannelC);
                low[channel] = Math.Min(low[channel], weights[i]);
                high[channel] = Math.Max(high[channel], weights[i]);
            }
        }

        var steps = new double[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            steps[channel] = ((double)high[channel] - low[channel]) / byte.MaxValue;
        }

        var integers = new byte[weights.Length];
        for (var (b, i) = (0, 0); i < weights.Length; b = b + 1 == order.B ? 0 : b + 1)
        {
            for (var c = 0; c < order.C; c++, i++)
            {
                var channel = (b * order.ChannelB) + (c * order.ChannelC);
                integers[i] = steps[channel] == 0 ? (byte)0 : (byte)Math.Clamp(Math.Round(((double)weights[i] - low[channel]) / steps[channel]), 0, byte.MaxValue);
            }
        }

        return WriteIntegers(
            context, name, order, Reorder<byte>(integers, order), [.. steps.Select((step, channel) => (float)(step * scale[channel]))], [.. low.Select((value, channel) => (float)(value * scale[channel]))]);
    }

    /// <summary>Runtimes compute these nodes once, while loading; DequantizeLinear, which would say the same, ONNX Runtime computes in every run.</summary>
    private static string WriteIntegers(OnnxNodeContext context, string name, FilterOrder order, byte[] integers, float[] steps, float[] lowest)
    {
        var builder = context.Builder;
        var floats = builder.Node("Cast", builder.Unique(name + "/float"), [builder.Constant(name + "/uint8", OnnxElementType.Of(DataType.UInt8), order.Extents, integers)], OnnxAttribute.Int("to", OnnxElementType.Float));
        var scaled = builder.Node("Mul", builder.Unique(name + "/scaled"), [floats, PerChannel(name + "/step", steps)]);
        return builder.Node("Add", builder.Unique(name), [scaled, PerChannel(name + "/lowest", lowest)]);

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
