using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>A scale and shift for each channel, read from one of the many ways in which graphs spell them.</summary>
/// <param name="Scale">Factors.</param>
/// <param name="Shift">Summands.</param>
internal sealed record ChannelAffine(double[] Scale, double[] Shift)
{
    /// <summary>Reads a batch norm with constant parameters that does not train; null for anything else.</summary>
    /// <param name="node">The node.</param>
    /// <param name="producer">GraphDef version of the graph's producer.</param>
    public static ChannelAffine? OfNorm(FlowNode node, int producer)
    {
        switch (node.Op)
        {
            case "FusedBatchNorm" or "FusedBatchNormV2" or "FusedBatchNormV3" when !node.Attribute("is_training").Bool && node.IsNhwc:
                return Vectors(node, 4) is [var gamma, var beta, var mean, var variance] ? Of(mean, variance, beta, gamma, node.Attribute("epsilon").Float) : null;
            case "BatchNormWithGlobalNormalization" when producer < NormalizationOperations.GlobalNormalizationRemoved:
                return Vectors(node, 4) is [var m, var v, var b, var g]
                    ? Of(m, v, b, node.Attribute("scale_after_normalization").Bool ? g : null, node.Attribute("variance_epsilon").Float)
                    : null;
            default:
                return null;
        }
    }

    /// <summary>Reads an elementwise node that scales or shifts <paramref name="value"/> by constants, channel by channel; null for anything else.</summary>
    /// <param name="node">The node.</param>
    /// <param name="value">Its input that is not constant.</param>
    /// <param name="channels">Channels of that input.</param>
    /// <param name="rank">Rank of that input; a constant of more dimensions would change the result's shape.</param>
    public static ChannelAffine? Of(FlowNode node, FlowTensor value, int channels, int rank)
    {
        if (node.Inputs.Count != 2 || node.Op is not ("BiasAdd" or "Add" or "AddV2" or "Sub" or "Mul" or "RealDiv") || (node.Op == "BiasAdd" && !node.IsNhwc))
        {
            return null;
        }

        var first = node.Inputs[0] == value;
        if (node.Inputs[first ? 1 : 0].Constant is not { Type: DataType.Float32 } constant || Expand(constant, channels, rank) is not { } vector || (node.Op == "BiasAdd" && !first))
        {
            return null;
        }

        var (ones, zeros) = (Filled(channels, 1), new double[channels]);
        return node.Op switch
        {
            "Mul" => new ChannelAffine(vector, zeros),
            "RealDiv" => first && Array.TrueForAll(vector, divisor => divisor != 0) ? new ChannelAffine(Array.ConvertAll(vector, divisor => 1 / divisor), zeros) : null,
            "Sub" => first ? new ChannelAffine(ones, Array.ConvertAll(vector, summand => -summand)) : new ChannelAffine(Filled(channels, -1), vector),
            _ => new ChannelAffine(ones, vector),
        };
    }

    /// <summary>A constant that varies at most over the last dimension, as one number a channel.</summary>
    private static double[]? Expand(Tensor constant, int channels, int rank)
    {
        if (constant.Shape.Rank > rank || (constant.Count != 1 && (constant.Count != channels || constant.Shape[constant.Shape.Rank - 1] != channels)))
        {
            return null;
        }

        var values = constant.AsSpan<float>();
        var vector = new double[channels];
        for (var i = 0; i < channels; i++)
        {
            vector[i] = values[values.Length == 1 ? 0 : i];
        }

        return vector;
    }

    private static ChannelAffine Of(double[] mean, double[] variance, double[] beta, double[]? gamma, double epsilon)
    {
        var scale = new double[mean.Length];
        var shift = new double[mean.Length];
        for (var i = 0; i < scale.Length; i++)
        {
            scale[i] = (gamma is null ? 1 : gamma[i]) / Math.Sqrt(variance[i] + epsilon);
            shift[i] = beta[i] - (mean[i] * scale[i]);
        }

        return new ChannelAffine(scale, shift);
    }

    private static double[][]? Vectors(FlowNode node, int count)
    {
        var vectors = new double[count][];
        for (var i = 0; i < count; i++)
        {
            if (node.Inputs.Count <= i + 1 || node.Inputs[i + 1].Constant is not { Type: DataType.Float32, Shape.Rank: 1, Count: > 0 } constant)
            {
                return null;
            }

            vectors[i] = Array.ConvertAll(constant.AsSpan<float>().ToArray(), value => (double)value);
        }

        return Array.TrueForAll(vectors, vector => vector.Length == vectors[0].Length) ? vectors : null;
    }

    private static double[] Filled(int count, double value)
    {
        var filled = new double[count];
        Array.Fill(filled, value);
        return filled;
    }
}
