using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>What ends a classifier: biases and the softmax.</summary>
internal static class LogitOperations
{
    private const string Floats = "half, bfloat16, float, double";
    private const string Numbers = Floats + ", int8, int16, int32, int64, uint8, uint16, uint32, uint64";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "BiasAdd(value: T, bias: T) -> (output: T)",
            [$"T: {{{Numbers}}}", "data_format: {'NHWC', 'NCHW'} = 'NHWC'"],
            BiasAdd),
        OperationDefinition.Define("BiasAddV1(value: T, bias: T) -> (output: T)", [$"T: {{{Numbers}}}"], BiasAdd),
        OperationDefinition.Define("Softmax(logits: T) -> (softmax: T)", [$"T: {{{Floats}}}"], context => [Softmax(context, logarithm: false)]),
        OperationDefinition.Define("LogSoftmax(logits: T) -> (logsoftmax: T)", [$"T: {{{Floats}}}"], context => [Softmax(context, logarithm: true)]),
    ];

    private static Tensor[] BiasAdd(OperationContext context) =>
        [WideElements.IsFloat(context.Type("T")) ? BiasAdd<double>(context) : BiasAdd<long>(context)];

    private static Tensor BiasAdd<TWide>(OperationContext context)
        where TWide : struct, INumber<TWide>
    {
        var (value, bias) = (context.Inputs[0], context.Inputs[1]);
        var channelsFirst = ImageLayout.Of(context) == ImageLayout.ChannelsFirst;
        if (value.Shape.Rank < 2 || bias.Shape.Rank != 1)
        {
            throw context.Fail($"value has shape {value.Shape} and bias {bias.Shape}; at least two dimensions and one are expected");
        }

        var axis = channelsFirst ? 1 : value.Shape.Rank - 1;
        if (bias.Count != value.Shape[axis])
        {
            throw context.Fail($"bias has {bias.Count} numbers; {value.Shape[axis]} are expected for value {value.Shape}");
        }

        var inner = 1;
        for (var dimension = axis + 1; dimension < value.Shape.Rank; dimension++)
        {
            inner *= value.Shape[dimension];
        }

        var sums = WideElements.Read<TWide>(value);
        var biases = WideElements.Read<TWide>(bias);
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += biases[i / inner % biases.Length];
        }

        return WideElements.Write(value.Type, value.Shape, sums);
    }

    /// <summary>e^x / Σ e^x along the last dimension, or its logarithm; the largest is taken off first so that nothing overflows.</summary>
    private static Tensor Softmax(OperationContext context, bool logarithm)
    {
        var logits = context.Inputs[0];
        if (logits.Shape.Rank == 0)
        {
            throw context.Fail("the logits are a scalar; at least one dimension is expected");
        }

        var classes = logits.Shape[logits.Shape.Rank - 1];
        var values = WideElements.Read<double>(logits);
        for (var first = 0; first < values.Length; first += classes)
        {
            var row = values.AsSpan(first, classes);
            var largest = double.NegativeInfinity;
            foreach (var value in row)
            {
                largest = Math.Max(largest, value);
            }

            double sum = 0;
            foreach (ref var value in row)
            {
                value -= largest;
                sum += Math.Exp(value);
            }

            foreach (ref var value in row)
            {
                value = logarithm ? value - Math.Log(sum) : Math.Exp(value) / sum;
            }
        }

        return WideElements.Write(logits.Type, logits.Shape, values);
    }
}
