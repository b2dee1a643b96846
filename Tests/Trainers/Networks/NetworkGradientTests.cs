using MlTransfer.Trainers.Networks;
using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Sampling;
using MlTransfer.Trainers.Schedules;

namespace MlTransfer.Trainers.Tests.Networks;

/// <summary>The reference's gradient against finite differences in float64, and the network's step against the reference's gradient.</summary>
public sealed class NetworkGradientTests
{
    private const int Rows = 7;

    public static TheoryData<int[], double, double, double> Shapes() => new()
    {
        { [5, 4, 3], 0, 0, 0 },
        { [70, 33, 2], 0.1, 0.05, 0 },
        { [6, 8, 7, 5, 4], 0, 0.02, 0 },
        { [33, 50, 3], 0, 0, 0.5 },
        { [9, 64, 31, 5], 0.2, 0.01, 0.3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_references_gradient_is_the_slope_of_its_loss(int[] widths, double smoothing, double l2, double dropout)
    {
        var (network, rows, labels, weights) = Example(widths);
        var masks = Masks(widths, dropout);
        var gradient = new ReferenceNetwork(widths);
        network.Loss(rows, labels, weights, smoothing, l2, masks, gradient);
        var random = new Random(5);
        for (var check = 0; check < 40; check++)
        {
            var l = random.Next(network.Layers.Count);
            var (parameters, slopes) = random.Next(4) == 0 ? (network.Layers[l].Bias, gradient.Layers[l].Bias) : (network.Layers[l].Weight, gradient.Layers[l].Weight);
            var i = random.Next(parameters.Length);
            const double step = 1e-6;
            var middle = parameters[i];
            parameters[i] = middle + step;
            var above = network.Loss(rows, labels, weights, smoothing, l2, masks);
            parameters[i] = middle - step;
            var below = network.Loss(rows, labels, weights, smoothing, l2, masks);
            parameters[i] = middle;
            Assert.Equal((above - below) / (2 * step), slopes[i], 1e-8);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_step_goes_down_the_references_gradient(int[] widths, double smoothing, double l2, double dropout)
    {
        var (network, rows, labels, weights) = Example(widths);
        var gradient = new ReferenceNetwork(widths);
        var loss = network.Loss(rows, labels, weights, smoothing, l2, Masks(widths, dropout), gradient);
        var start = new NetworkWeights([.. network.Layers.Select(layer => new DenseWeights([.. layer.Weight.Select(value => (float)value)], [.. layer.Bias.Select(value => (float)value)]))]);
        var fit = new NetworkTrainer(new NetworkOptions
        {
            Hidden = widths[1..^1],
            Dropout = dropout > 0 ? [dropout] : [],
            InitialWeights = start,
            MiniBatches = new MiniBatchOptions
            {
                Labels = TrainerGoldens.ClassNames(widths[^1]),
                Optimizer = new SgdOptimizer(),
                Schedule = new ConstantRate(1),
                BatchSize = -1,
                Steps = 1,
                Sampling = BatchSampling.InOrder,
                Seed = 11,
                L2 = l2,
                LabelSmoothing = smoothing,
            },
        }).Fit(new TrainingRows { Features = Matrix(rows), Labels = labels, SampleWeights = weights });

        Assert.Equal(loss, fit.History[0].Loss, 1e-6);
        for (var l = 0; l < network.Layers.Count; l++)
        {
            for (var i = 0; i < network.Layers[l].Weight.Length; i++)
            {
                Assert.Equal(network.Layers[l].Weight[i] - gradient.Layers[l].Weight[i], fit.Weights.Layers[l].Weight[i], 1e-6);
            }

            for (var i = 0; i < network.Layers[l].Bias.Length; i++)
            {
                Assert.Equal(network.Layers[l].Bias[i] - gradient.Layers[l].Bias[i], fit.Weights.Layers[l].Bias[i], 1e-6);
            }
        }
    }

    /// <summary>What dropout leaves: the draws of the trainer's own generator, layer by layer, row by row.</summary>
    private static Func<int, int, int, double> Masks(int[] widths, double dropout)
    {
        if (dropout == 0)
        {
            return (_, _, _) => 1;
        }

        var random = new SeededRandom(11);
        var masks = widths[1..^1].Select(units => Enumerable.Range(0, Rows * units).Select(_ => random.NextUnit() < dropout ? 0 : 1 / (1 - dropout)).ToArray()).ToArray();
        return (l, row, unit) => masks[l][(row * widths[l + 1]) + unit];
    }

    private static FeatureMatrix Matrix(double[][] rows) => new(rows.SelectMany(row => row.Select(value => (float)value)).ToArray(), rows.Length, rows[0].Length);

    private static (ReferenceNetwork Network, double[][] Rows, int[] Labels, double[] Weights) Example(int[] widths)
    {
        // Numbers that float32 holds as they are.
        var random = new Random(widths.Sum());
        double Number(double scale) => Math.Round((random.NextDouble() - 0.5) * 4096) / 2048 * scale;
        var network = new ReferenceNetwork(widths);
        foreach (var (weight, bias) in network.Layers)
        {
            for (var i = 0; i < weight.Length; i++)
            {
                weight[i] = Number(0.5);
            }

            for (var i = 0; i < bias.Length; i++)
            {
                bias[i] = Number(0.25);
            }
        }

        return (
            network,
            [.. Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, widths[0]).Select(_ => Number(1)).ToArray())],
            [.. Enumerable.Range(0, Rows).Select(row => row % widths[^1])],
            [.. Enumerable.Range(0, Rows).Select(row => 0.5 + (row / 4.0))]);
    }
}
