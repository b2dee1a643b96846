using MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>What a fused operation (_FusedConv2D, _FusedMatMul …) does to its sums, step by step as its fused_ops say.</summary>
/// <remarks>Sources: TensorFlow's fused_eigen_output_kernels, oneDNN remapper and the TensorFlow.js converter, which adds Prelu.</remarks>
internal static class FusedSteps
{
    /// <summary>Inputs before the steps' own: the images or left matrix, and the filter or right matrix.</summary>
    private const int FirstArgument = 2;

    /// <summary>The attributes of every fused operation.</summary>
    public static IReadOnlyList<string> Attributes { get; } =
        ["fused_ops: list(string) = []", "epsilon: float = 0.0001", "leakyrelu_alpha: float = 0.2"];

    /// <summary>Applies the steps in place.</summary>
    /// <param name="context">The node.</param>
    /// <param name="values">Sums with the channels innermost.</param>
    /// <param name="channels">Number of channels.</param>
    public static void Apply(OperationContext context, double[] values, int channels)
    {
        var next = FirstArgument;
        foreach (var step in context.Texts("fused_ops"))
        {
            switch (step)
            {
                case "BiasAdd":
                    var bias = Vector(context, next++, channels);
                    Each(values, channels, (value, channel) => value + bias[channel]);
                    break;
                case "FusedBatchNorm":
                    var normalization = Enumerable.Range(next, 4).Select(input => Vector(context, input, channels)).ToArray();
                    next += 4;
                    var (scale, offset, mean, variance, epsilon) =
                        (normalization[0], normalization[1], normalization[2], normalization[3], context.Float("epsilon"));
                    Each(
                        values,
                        channels,
                        (value, channel) => ((value - mean[channel]) / Math.Sqrt(variance[channel] + epsilon) * scale[channel]) + offset[channel]);
                    break;
                case "Prelu":
                    var slopes = Slopes(context, next++, channels);
                    Each(values, channels, (value, channel) => value >= 0 ? value : value * slopes[channel]);
                    break;
                case "Add":
                    AddTensor(context, next++, values);
                    break;
                default:
                    var activation = Activation(context, step);
                    Each(values, channels, (value, _) => activation(value));
                    break;
            }
        }

        if (next < context.Inputs.Count - HostArguments(context))
        {
            throw context.Fail($"{context.Inputs.Count - FirstArgument} arguments were found; fused_ops take {next - FirstArgument}");
        }
    }

    private static Func<double, double> Activation(OperationContext context, string name)
    {
        var alpha = context.Float("leakyrelu_alpha");
        return name switch
        {
            "Relu" => ScalarFunctions.Relu,
            "Relu6" => ScalarFunctions.Relu6,
            "Elu" => ScalarFunctions.Elu,
            "LeakyRelu" => value => value > 0 ? value : value * alpha,
            "Tanh" => Math.Tanh,
            "Sigmoid" => ScalarFunctions.Sigmoid,
            "_FusedHardSwish" => value => value * ScalarFunctions.Relu6(value + 3) / 6,
            "GeluExact" => value => 0.5 * value * (1 + SpecialFunctions.Erf(value / Math.Sqrt(2))),
            "GeluApproximate" => value => 0.5 * value * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (value + (0.044715 * value * value * value)))),
            _ => throw context.Fail($"fused_ops names '{name}', which is not known"),
        };
    }

    private static double[] Vector(OperationContext context, int input, int channels)
    {
        var tensor = Argument(context, input);
        return tensor.Shape.Rank == 1 && tensor.Count == channels
            ? WideElements.Read<double>(tensor)
            : throw context.Fail($"argument {input - FirstArgument} has shape {tensor.Shape}; [{channels}] is expected");
    }

    private static double[] Slopes(OperationContext context, int input, int channels)
    {
        var tensor = Argument(context, input);
        var slopes = WideElements.Read<double>(tensor);
        if (slopes.Length == 1)
        {
            var shared = new double[channels];
            Array.Fill(shared, slopes[0]);
            return shared;
        }

        return slopes.Length == channels
            ? slopes
            : throw context.Fail($"argument {input - FirstArgument} has shape {tensor.Shape}; a slope for each of {channels} channels, or one, is expected");
    }

    private static void AddTensor(OperationContext context, int input, double[] values)
    {
        var tensor = Argument(context, input);
        if (tensor.Count != values.Length)
        {
            throw context.Fail($"argument {input - FirstArgument} has shape {tensor.Shape}; {values.Length} elements, as the result has, are expected");
        }

        var layout = ImageLayout.Of(context);
        var addend = WideElements.Read<double>(tensor.Shape.Rank == 4 ? layout.ToChannelsLast(context, tensor) : tensor);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] += addend[i];
        }
    }

    private static Tensor Argument(OperationContext context, int input) => input < context.Inputs.Count
        ? context.Inputs[input]
        : throw context.Fail($"fused_ops take more arguments than the {context.Inputs.Count - FirstArgument} found");

    private static int HostArguments(OperationContext context) => context.Has("num_host_args") ? (int)context.Int("num_host_args") : 0;

    private static void Each(double[] values, int channels, Func<double, int, double> step)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = step(values[i], i % channels);
        }
    }
}
