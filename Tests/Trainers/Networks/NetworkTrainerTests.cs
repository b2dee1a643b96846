using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Networks;
using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Schedules;
using MlTransfer.Trainers.Tests.Heads;

namespace MlTransfer.Trainers.Tests.Networks;

public sealed class NetworkTrainerTests
{
    private static NetworkOptions Options(int classes, params int[] hidden) => new()
    {
        Hidden = hidden,
        MiniBatches = new MiniBatchOptions { Labels = TrainerGoldens.ClassNames(classes), Epochs = 10, Seed = 3 },
    };

    private static TrainingRows Rows(int rows, int columns, int classes, int seed = 1)
    {
        var (features, labels) = RandomData.Classes(rows, columns, classes, seed);
        return new TrainingRows { Features = features, Labels = labels };
    }

    public static TheoryData<string> Optimizers() => ["sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_learns_the_same_bits_with_any_number_of_threads(string name)
    {
        var (optimizer, rate) = name switch
        {
            "sgd" => ((Optimizer)new SgdOptimizer(), 0.1),
            "momentum" => (new SgdOptimizer { Momentum = 0.9 }, 0.02),
            "nesterov" => (new SgdOptimizer { Momentum = 0.9, Nesterov = true }, 0.02),
            "adamw" => (new AdamOptimizer { WeightDecay = 0.01 }, 0.002),
            "rmsprop" => (new RmsPropOptimizer { Momentum = 0.5 }, 0.001),
            "adagrad" => (new AdagradOptimizer(), 0.05),
            _ => (new AdamOptimizer(), 0.002),
        };
        var options = Options(4, 200, 64);
        options = options with
        {
            Dropout = [0.3, 0.1],
            MiniBatches = options.MiniBatches with { Optimizer = optimizer, Schedule = new CosineDecay(rate, 200), L2 = 0.001, Epochs = 12 },
        };
        var rows = Rows(260, 300, 4);
        var one = new NetworkTrainer(options with { Threads = 1 }).Fit(rows);
        var many = new NetworkTrainer(options with { Threads = 5 }).Fit(rows);
        for (var l = 0; l < 3; l++)
        {
            Assert.Equal(one.Weights.Layers[l].Weight.ToArray(), many.Weights.Layers[l].Weight.ToArray());
            Assert.Equal(one.Weights.Layers[l].Bias.ToArray(), many.Weights.Layers[l].Bias.ToArray());
        }

        Assert.Equal(one.History, many.History);
        Assert.Equal((one.Objective, one.LogLoss, one.Accuracy), (many.Objective, many.LogLoss, many.Accuracy));
        Assert.True(one.Accuracy > 0.95, $"accuracy {one.Accuracy}");
        Assert.True(one.History[^1].Loss < 0.7 * one.History[0].Loss);
        Assert.NotEqual(one.Weights.Layers[0].Weight[0], new NetworkTrainer(options with { MiniBatches = options.MiniBatches with { Seed = 4 } }).Fit(rows).Weights.Layers[0].Weight[0]);
    }

    [Fact]
    public void A_hidden_layer_learns_what_no_line_tells_apart()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 800).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var labels = Enumerable.Range(0, 400).Select(row => values[2 * row] * values[(2 * row) + 1] > 0 ? 1 : 0).ToArray();
        var rows = new TrainingRows { Features = new FeatureMatrix(values, 400, 2), Labels = labels };
        var line = new MiniBatchTrainer(Options(2, 1).MiniBatches with { Epochs = 60, Schedule = new ConstantRate(0.01) }).Fit(rows);
        var options = Options(2, 16);
        var network = new NetworkTrainer(options with { MiniBatches = options.MiniBatches with { Epochs = 60, Schedule = new ConstantRate(0.01) } }).Fit(rows);
        Assert.InRange(line.Accuracy, 0.3, 0.7);
        Assert.True(network.Accuracy > 0.95, $"accuracy {network.Accuracy}");
    }

    [Fact]
    public void Early_stopping_gives_the_best_epochs_weights_back()
    {
        var options = Options(3, 32);
        options = options with { MiniBatches = options.MiniBatches with { Epochs = 200, Patience = 3, Schedule = new ConstantRate(0.02) } };
        var validation = Rows(60, 20, 3, seed: 2);
        var fit = new NetworkTrainer(options).Fit(Rows(60, 20, 3), validation);
        Assert.Equal(StopReason.EarlyStopping, fit.StopReason);
        Assert.Equal(fit.BestEpoch + 3, fit.History.Count);
        var best = fit.History[fit.BestEpoch!.Value - 1];
        Assert.Equal(fit.History.Min(epoch => epoch.ValidationLoss), best.ValidationLoss);
        var probabilities = fit.CreateHead(HeadExamples.Description(3) with { Temperature = null }).Predict(validation.Features);
        var loss = Enumerable.Range(0, 60).Average(row => -Math.Log(probabilities[(row * 3) + validation.Labels.Span[row]]));
        Assert.Equal(best.ValidationLoss!.Value, loss, 1e-5);
        Assert.True(new NetworkTrainer(options).NeedsValidation);
        Assert.Contains("none", Assert.Throws<TrainingDataException>(() => new NetworkTrainer(options).Fit(Rows(60, 20, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_loss_is_that_of_the_head()
    {
        var rows = Rows(101, 37, 5);
        var options = Options(5, 40, 30);
        var fit = new NetworkTrainer(options with { MiniBatches = options.MiniBatches with { L2 = 0.01 } }).Fit(rows);
        var probabilities = fit.CreateHead(HeadExamples.Description(5) with { Temperature = null }).Predict(rows.Features);
        Assert.Equal(Enumerable.Range(0, 101).Average(row => -Math.Log(probabilities[(row * 5) + rows.Labels.Span[row]])), fit.LogLoss, 1e-5);
        var squares = 0.0;
        foreach (var layer in fit.Weights.Layers)
        {
            foreach (var weight in layer.Weight)
            {
                squares += (double)weight * weight;
            }
        }

        Assert.Equal(fit.LogLoss + (0.005 * squares), fit.Objective, 1e-9);
    }

    [Fact]
    public void A_rate_that_is_too_large_is_said()
    {
        var options = Options(3, 32);
        options = options with { MiniBatches = options.MiniBatches with { Optimizer = new SgdOptimizer { Momentum = 0.9 }, Schedule = new ConstantRate(1e38) } };
        Assert.Contains("learning rate", Assert.Throws<TrainingDataException>(() => new NetworkTrainer(options).Fit(Rows(60, 20, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        void Refused(NetworkOptions options, string message) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => new NetworkTrainer(options)).Message, StringComparison.Ordinal);
        Refused(Options(3), "hidden layers");
        Refused(Options(3, 0), "1 to 65536 units; 0");
        Refused(Options(3, 8) with { Dropout = [1] }, "less than 1; 1");
        Refused(Options(3, 8) with { Dropout = [0.1, 0.2] }, "2 dropout shares were given for 1");
        Refused(Options(3, 8) with { Threads = 0 }, "thread");
        Refused(Options(3, 8) with { MiniBatches = Options(3, 8).MiniBatches with { L2 = -1 } }, "L2");
        Refused(Options(3, 8) with { MiniBatches = Options(3, 8).MiniBatches with { InitialWeights = new SoftmaxWeights([1, 2, 3], [0, 0, 0]) } }, "NetworkOptions.InitialWeights");
        Refused(Options(3, 8) with { InitialWeights = new NetworkWeights([new DenseWeights([1, 2, 3], [0, 0, 0])]) }, "8, 3 are asked for");
        Assert.Throws<ArgumentException>(() => new NetworkWeights([new DenseWeights([1, 2], [0, 0]), new DenseWeights([1, 2, 3], [0])]));
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new NetworkTrainer(Options(3, 8)).Fit(Rows(30, 5, 3), cancellation: source.Token));
    }
}
