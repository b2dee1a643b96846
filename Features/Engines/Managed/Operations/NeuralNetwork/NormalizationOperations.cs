using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>Batch normalization in its four registrations, and local response normalization.</summary>
internal static class NormalizationOperations
{
    /// <summary>TensorFlow took BatchNormWithGlobalNormalization out of graphs from this GraphDef version on.</summary>
    public const int GlobalNormalizationRemoved = 9;

    private static readonly string[] s_fusedAttributes =
        ["epsilon: float = 0.0001", "exponential_avg_factor: float = 1.0", "is_training: bool = true"];

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "FusedBatchNorm(x: T, scale: T, offset: T, mean: T, variance: T) -> "
            + "(y: T, batch_mean: T, batch_variance: T, reserve_space_1: T, reserve_space_2: T)",
            ["T: {float}", "data_format: {'NHWC', 'NCHW'} = 'NHWC'", .. s_fusedAttributes],
            context => FusedBatchNorm(context, "T")),
        OperationDefinition.Define(
            "FusedBatchNormV2(x: T, scale: U, offset: U, mean: U, variance: U) -> "
            + "(y: T, batch_mean: U, batch_variance: U, reserve_space_1: U, reserve_space_2: U)",
            ["T: {half, bfloat16, float}", "U: {float}", "data_format: {'NHWC', 'NCHW'} = 'NHWC'", .. s_fusedAttributes],
            context => FusedBatchNorm(context, "U")),
        OperationDefinition.Define(
            "FusedBatchNormV3(x: T, scale: U, offset: U, mean: U, variance: U) -> "
            + "(y: T, batch_mean: U, batch_variance: U, reserve_space_1: U, reserve_space_2: U, reserve_space_3: U)",
            ["T: {half, bfloat16, float}", "U: {bfloat16, float}", "data_format: {'NHWC', 'NCHW', 'NDHWC', 'NCDHW'} = 'NHWC'", .. s_fusedAttributes],
            context => [.. FusedBatchNorm(context, "U"), Tensor.Zeros(context.Type("U"), TensorShape.Scalar)]),
        OperationDefinition.Define(
            "BatchNormWithGlobalNormalization(t: T, m: T, v: T, beta: T, gamma: T) -> (result: T)",
            ["T: {half, bfloat16, float, double}", "variance_epsilon: float", "scale_after_normalization: bool"],
            context => [BatchNormWithGlobalNormalization(context)]),
        OperationDefinition.Define(
            "LRN(input: T) -> (output: T)",
            ["depth_radius: int = 5", "bias: float = 1.0", "alpha: float = 1.0", "beta: float = 0.5", "T: {half, bfloat16, float} = float"],
            context => [LocalResponseNormalization(context)]),
    ];

    /// <summary>y = (x − mean) / √(variance + ε) · scale + offset, with the given statistics or, in training, the batch's own.</summary>
    private static Tensor[] FusedBatchNorm(OperationContext context, string statisticsType)
    {
        var x = context.Inputs[0];
        var format = context.Text("data_format");
        if (x.Shape.Rank != format.Length)
        {
            throw context.Fail($"x has shape {x.Shape}; {format.Length} dimensions, {format}, are expected");
        }

        var axis = format.IndexOf('C', StringComparison.Ordinal);
        var channels = x.Shape[axis];
        var training = context.Bool("is_training");
        var scale = ChannelVector(context, 1, channels);
        var offset = ChannelVector(context, 2, channels);
        var keepsRunning = training && context.Inputs[3].Count == 0 && context.Inputs[4].Count == 0;
        var mean = keepsRunning ? [] : ChannelVector(context, 3, channels);
        var variance = keepsRunning ? [] : ChannelVector(context, 4, channels);
        var values = WideElements.Read<double>(x);
        var inner = 1;
        for (var dimension = axis + 1; dimension < x.Shape.Rank; dimension++)
        {
            inner *= x.Shape[dimension];
        }

        int Channel(int i) => i / inner % channels;
        var type = context.Type(statisticsType);
        var vector = new TensorShape(channels);
        Tensor Statistic(double[] statistic) => WideElements.Write(type, vector, statistic);
        if (!training)
        {
            Normalize(values, Channel, mean, variance, scale, offset, context.Float("epsilon"));
            return [WideElements.Write(x.Type, x.Shape, values), Statistic(mean), Statistic(variance), Statistic(mean), Statistic(variance)];
        }

        var (batchMean, batchVariance, count) = Moments(values, Channel, channels);
        Normalize(values, Channel, batchMean, batchVariance, scale, offset, context.Float("epsilon"));

        // The running statistics take the unbiased variance; the gradient (reserve spaces) the one used.
        var factor = context.Float("exponential_avg_factor");
        double[] Running(double[] old, double[] now, double correction) =>
            [.. now.Select((value, channel) => factor == 1 || keepsRunning ? value * correction : ((1 - factor) * old[channel]) + (factor * value * correction))];
        return
        [
            WideElements.Write(x.Type, x.Shape, values),
            Statistic(Running(mean, batchMean, 1)),
            Statistic(Running(variance, batchVariance, count > 1 ? count / (count - 1.0) : 1)),
            Statistic(batchMean),
            Statistic(batchVariance),
        ];
    }

    private static Tensor BatchNormWithGlobalNormalization(OperationContext context)
    {
        if (context.Producer >= GlobalNormalizationRemoved)
        {
            throw context.Fail(
                $"the graph's producer version is {context.Producer}, and TensorFlow removed this operation in version {GlobalNormalizationRemoved}; "
                + "write the graph with FusedBatchNorm or with the multiplications and additions it stands for");
        }

        var t = context.Inputs[0];
        if (t.Shape.Rank != 4)
        {
            throw context.Fail($"t has shape {t.Shape}; 4 dimensions are expected");
        }

        var channels = t.Shape[3];
        var values = WideElements.Read<double>(t);
        var (mean, variance) = (ChannelVector(context, 1, channels), ChannelVector(context, 2, channels));
        var (beta, gamma) = (ChannelVector(context, 3, channels), ChannelVector(context, 4, channels));
        var scale = context.Bool("scale_after_normalization") ? gamma : [.. gamma.Select(_ => 1.0)];
        Normalize(values, i => i % channels, mean, variance, scale, beta, context.Float("variance_epsilon"));
        return WideElements.Write(t.Type, t.Shape, values);
    }

    /// <summary>input / (bias + alpha · Σ input² over 2 · depth_radius + 1 neighbouring channels)^beta.</summary>
    private static Tensor LocalResponseNormalization(OperationContext context)
    {
        var input = context.Inputs[0];
        var radius = context.Int("depth_radius");
        if (input.Shape.Rank != 4 || radius is < 0 or > int.MaxValue)
        {
            throw context.Fail($"the input has shape {input.Shape} and depth_radius is {radius}; 4 dimensions and 0 to {int.MaxValue} are expected");
        }

        var (bias, alpha, beta) = ((double)context.Float("bias"), (double)context.Float("alpha"), (double)context.Float("beta"));
        var channels = input.Shape[3];
        var values = WideElements.Read<double>(input);
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var channel = i % channels;
            var first = i - (int)Math.Min(channel, radius);
            var last = i + (int)Math.Min(channels - 1 - channel, radius);
            double sum = 0;
            for (var neighbour = first; neighbour <= last; neighbour++)
            {
                sum += values[neighbour] * values[neighbour];
            }

            result[i] = values[i] * Math.Pow(bias + (alpha * sum), -beta);
        }

        return WideElements.Write(input.Type, input.Shape, result);
    }

    private static void Normalize(
        double[] values, Func<int, int> channelOf, double[] mean, double[] variance, double[] scale, double[] offset, float epsilon)
    {
        var factors = scale.Select((factor, channel) => factor / Math.Sqrt(variance[channel] + epsilon)).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var channel = channelOf(i);
            values[i] = ((values[i] - mean[channel]) * factors[channel]) + offset[channel];
        }
    }

    private static (double[] Mean, double[] Variance, int Count) Moments(double[] values, Func<int, int> channelOf, int channels)
    {
        var mean = new double[channels];
        var variance = new double[channels];
        var count = channels == 0 ? 0 : values.Length / channels;
        for (var i = 0; i < values.Length; i++)
        {
            mean[channelOf(i)] += values[i] / count;
        }

        for (var i = 0; i < values.Length; i++)
        {
            var distance = values[i] - mean[channelOf(i)];
            variance[channelOf(i)] += distance * distance / count;
        }

        return (mean, variance, count);
    }

    private static double[] ChannelVector(OperationContext context, int input, int channels)
    {
        var tensor = context.Inputs[input];
        return tensor.Shape.Rank == 1 && tensor.Count == channels
            ? WideElements.Read<double>(tensor)
            : throw context.Fail($"input {input} has shape {tensor.Shape}; [{channels}] is expected, one number a channel");
    }
}
