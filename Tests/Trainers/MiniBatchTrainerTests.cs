using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Schedules;

namespace MlTransfer.Trainers.Tests;

public sealed class MiniBatchTrainerTests
{
    public static TheoryData<string> Presets() => [.. TrainerPresets.Names];

    public static TheoryData<string> Optimizers() => ["sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "rmsprop centered", "adagrad"];

    [Theory]
    [MemberData(nameof(Presets))]
    public void Presets_learn_and_the_seed_decides_every_bit(string preset)
    {
        var (features, labels) = RandomData.Classes(300, 40, 3, separation: 2);
        var rows = new TrainingRows { Features = features, Labels = labels };
        var options = TrainerPresets.Create(preset, TrainerGoldens.ClassNames(3)) with { Seed = 7 };
        var first = new MiniBatchTrainer(options).Fit(rows);
        var again = new MiniBatchTrainer(options).Fit(rows);
        var other = new MiniBatchTrainer(options with { Seed = 8 }).Fit(rows);
        Assert.True(first.Accuracy > 0.9, $"{first.Accuracy}");
        Assert.Equal(first.Weights.Weight.ToArray(), again.Weights.Weight.ToArray());
        Assert.Equal(first.History, again.History);
        Assert.NotEqual(first.Weights.Weight.ToArray(), other.Weights.Weight.ToArray());
    }

    [Fact]
    public void The_retrain_preset_is_what_SgdTrainer_does()
    {
        var (features, labels) = RandomData.Classes(120, 10, 3);
        var preset = new MiniBatchTrainer(TrainerPresets.Create("retrain", TrainerGoldens.ClassNames(3))).Fit(new TrainingRows { Features = features, Labels = labels });
        var sgd = new SgdTrainer(new SgdOptions { Labels = TrainerGoldens.ClassNames(3) }).Fit(features, labels);
        Assert.Equal(4000, preset.Iterations);
        Assert.Equal(sgd.Weights.Weight.ToArray(), preset.Weights.Weight.ToArray());
    }

    [Fact]
    public void An_unknown_preset_is_told_the_known_ones() =>
        Assert.Contains("keras-adam", Assert.Throws<ArgumentException>(() => TrainerPresets.Create("adam", ["a", "b"])).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_comes_near_the_optimum(string name)
    {
        var (features, labels) = RandomData.Classes(60, 4, 3, separation: 0.3);
        var (optimizer, rate) = name switch
        {
            "sgd" => ((Optimizer)new SgdOptimizer(), 0.5),
            "momentum" => (new SgdOptimizer { Momentum = 0.9 }, 0.1),
            "nesterov" => (new SgdOptimizer { Momentum = 0.9, Nesterov = true }, 0.1),
            "adam" => (new AdamOptimizer(), 0.02),
            "adamw" => (new AdamOptimizer { WeightDecay = 1e-6 }, 0.02),
            "rmsprop" => (new RmsPropOptimizer(), 0.01),
            "rmsprop centered" => (new RmsPropOptimizer { Centered = true, Momentum = 0.5 }, 0.01),
            _ => (new AdagradOptimizer(), 0.5),
        };
        const int steps = 4000;
        var result = new MiniBatchTrainer(new MiniBatchOptions
        {
            Labels = TrainerGoldens.ClassNames(3),
            Optimizer = optimizer,
            Schedule = new CosineDecay(rate, steps),
            BatchSize = -1,
            Steps = steps,
            L2 = 0.01,
        }).Fit(new TrainingRows { Features = features, Labels = labels });
        var optimum = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = TrainerGoldens.ClassNames(3), L2 = 0.01 }).Fit(features, labels);
        Assert.InRange(result.Objective, optimum.Objective - 1e-7, optimum.Objective + 1e-4);
    }

    [Fact]
    public void The_slopes_are_those_of_the_objective()
    {
        // A step of plain descent at a tiny rate lowers the objective by rate · ‖gradient‖²; the gradient is what the parameters moved by over the rate.
        var (features, labels) = RandomData.Classes(40, 6, 3, seed: 4);
        var initial = new SoftmaxWeights([.. Enumerable.Range(0, 18).Select(i => (float)Math.Sin(i))], [0.1f, -0.2f, 0.3f]);
        var options = new MiniBatchOptions
        {
            Labels = TrainerGoldens.ClassNames(3),
            Optimizer = new SgdOptimizer(),
            Schedule = new ConstantRate(1),
            BatchSize = -1,
            Steps = 1,
            Sampling = BatchSampling.InOrder,
            L2 = 0.3,
            LabelSmoothing = 0.2,
            ClassWeights = [0.5, 1, 2],
            InitialWeights = initial,
        };
        var weights = Enumerable.Range(0, 40).Select(row => 0.5 + (row % 4)).ToArray();
        var moved = new MiniBatchTrainer(options).Fit(new TrainingRows { Features = features, Labels = labels, SampleWeights = weights });
        double Objective(int place, double by)
        {
            var weight = initial.Weight.ToArray().Select(value => (double)value).ToArray();
            var bias = initial.Bias.ToArray().Select(value => (double)value).ToArray();
            (place < 18 ? ref weight[place] : ref bias[place - 18]) += by;
            var sum = 0.0;
            for (var r = 0; r < 40; r++)
            {
                var logits = bias.Select((b, c) => b + Enumerable.Range(0, 6).Sum(d => weight[(c * 6) + d] * features.Row(r)[d])).ToArray();
                var normalizer = Math.Log(logits.Sum(Math.Exp));
                var entropy = logits.Select((z, c) => ((c == labels[r] ? 0.8 : 0) + (0.2 / 3)) * (normalizer - z)).Sum();
                sum += weights[r] * options.ClassWeights![labels[r]] * entropy;
            }

            return (sum / 40) + (0.15 * weight.Sum(value => value * value));
        }

        Assert.Equal(Objective(0, 0), moved.History[0].Loss, 1e-6);
        for (var place = 0; place < 21; place++)
        {
            var slope = (Objective(place, 1e-5) - Objective(place, -1e-5)) / 2e-5;
            var step = place < 18 ? initial.Weight[place] - moved.Weights.Weight[place] : initial.Bias[place - 18] - moved.Weights.Bias[place - 18];
            Assert.Equal(slope, step, 2e-6);
        }
    }

    [Fact]
    public void Early_stopping_gives_back_the_best_epoch()
    {
        // Labels without a pattern: whatever is learnt from the training rows makes the validation rows worse before long.
        var (features, labels) = RandomData.Classes(80, 60, 2, separation: 0.05);
        var (others, otherLabels) = RandomData.Classes(80, 60, 2, seed: 9, separation: 0.05);
        var training = new TrainingRows { Features = features, Labels = labels };
        var validation = new TrainingRows { Features = others, Labels = otherLabels };
        var options = new MiniBatchOptions { Labels = TrainerGoldens.ClassNames(2), Epochs = 200, Patience = 3, Schedule = new ConstantRate(0.01) };
        var stopped = new MiniBatchTrainer(options).Fit(training, validation);
        Assert.Equal(StopReason.EarlyStopping, stopped.StopReason);
        var best = stopped.History.MinBy(epoch => epoch.ValidationLoss)!;
        Assert.Equal(best.Epoch, stopped.BestEpoch);
        Assert.Equal(best.Epoch + 3, stopped.History.Count);
        Assert.Equal(stopped.History[^1].Steps, stopped.Iterations);

        var until = new MiniBatchTrainer(options with { Patience = null, Epochs = best.Epoch }).Fit(training, validation);
        Assert.Equal(until.Weights.Weight.ToArray(), stopped.Weights.Weight.ToArray());
        Assert.Equal(until.History, stopped.History.Take(best.Epoch));

        var exhausted = new MiniBatchTrainer(options with { Patience = 150, Epochs = best.Epoch + 2 }).Fit(training, validation);
        Assert.Equal(StopReason.MaxIterations, exhausted.StopReason);
        Assert.Equal(until.Weights.Weight.ToArray(), exhausted.Weights.Weight.ToArray());
    }

    [Fact]
    public void History_tells_the_validation_rows_as_the_layer_sees_them()
    {
        var (features, labels) = RandomData.Classes(50, 8, 3);
        var (others, otherLabels) = RandomData.Classes(30, 8, 3, seed: 5);
        var result = new MiniBatchTrainer(new MiniBatchOptions { Labels = TrainerGoldens.ClassNames(3), Epochs = 4, BatchSize = 20, L2 = 0.1 })
            .Fit(new TrainingRows { Features = features, Labels = labels }, new TrainingRows { Features = others, Labels = otherLabels });
        Assert.Equal([3, 6, 9, 12], result.History.Select(epoch => epoch.Steps));
        var (loss, right) = (0.0, 0);
        for (var r = 0; r < others.Rows; r++)
        {
            var logits = Enumerable.Range(0, 3).Select(c => result.Weights.Bias[c] + Enumerable.Range(0, 8).Sum(d => (double)result.Weights.Weight[(c * 8) + d] * others.Row(r)[d])).ToArray();
            loss += Math.Log(logits.Sum(Math.Exp)) - logits[otherLabels[r]];
            right += logits[otherLabels[r]] == logits.Max() ? 1 : 0;
        }

        Assert.Equal(loss / 30, result.History[^1].ValidationLoss!.Value, 1e-9);
        Assert.Equal(right / 30.0, result.History[^1].ValidationAccuracy);
    }

    [Fact]
    public void Validation_rows_of_a_class_that_is_not_trained_on_do_not_end_the_fit()
    {
        var (features, labels) = RandomData.Classes(120, 10, 3, separation: 2);
        int[] train = [.. Enumerable.Range(0, 90).Where(row => labels[row] != 2)], held = [.. Enumerable.Range(90, 30)];
        var result = new MiniBatchTrainer(new MiniBatchOptions { Labels = TrainerGoldens.ClassNames(3), Epochs = 40, Patience = 3, Schedule = new ConstantRate(0.01) }).Fit(
            new TrainingRows { Features = features.Select(train), Labels = Array.ConvertAll(train, row => labels[row]) },
            new TrainingRows { Features = features.Select(held), Labels = Array.ConvertAll(held, row => labels[row]) });
        Assert.All(result.History, epoch => Assert.InRange(epoch.ValidationLoss!.Value, 0, 100));
        Assert.True(result.BestEpoch > 1, $"epoch {result.BestEpoch} of {result.History.Count}");
        Assert.Equal(PresentClasses.BiasWithoutRows, result.Weights.Bias[2]);
    }

    [Fact]
    public void A_class_that_the_weights_to_start_from_never_predict_is_learned()
    {
        var (features, labels) = RandomData.Classes(90, 10, 3, separation: 2);
        float[] bias = [0.5f, -0.5f, PresentClasses.BiasWithoutRows];
        var result = new MiniBatchTrainer(new MiniBatchOptions { Labels = TrainerGoldens.ClassNames(3), Schedule = new ConstantRate(0.05), InitialWeights = new SoftmaxWeights(new float[30], bias) })
            .Fit(new TrainingRows { Features = features, Labels = labels });
        Assert.True(result.Accuracy > 0.9, $"{result.Accuracy}");
        Assert.InRange(result.History[0].Loss, 0, 3);
    }

    [Fact]
    public void A_last_epoch_may_be_unfinished()
    {
        var (features, labels) = RandomData.Classes(50, 8, 3);
        var result = new MiniBatchTrainer(new MiniBatchOptions { Labels = TrainerGoldens.ClassNames(3), Steps = 5, BatchSize = 20 })
            .Fit(new TrainingRows { Features = features, Labels = labels });
        Assert.Equal([3, 5], result.History.Select(epoch => epoch.Steps));
        Assert.Null(result.History[0].ValidationLoss);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var good = new MiniBatchOptions { Labels = ["a", "b"] };
        Refused(good with { Epochs = -1 }, "epochs");
        Refused(good with { Steps = -1 }, "steps");
        Refused(good with { BatchSize = -2 }, "batch size");
        Refused(good with { Patience = 0 }, "patience");
        Refused(good with { L2 = double.NaN }, "L2");
        Refused(good with { LabelSmoothing = 1 }, "smoothing");
        Refused(good with { ClassWeights = [1] }, "class weights");
        Refused(good with { ClassWeights = [1, -1] }, "'b'");
        Refused(good with { ReportEvery = 0 }, "Progress");
        Refused(good with { Optimizer = new SgdOptimizer { Momentum = 1 } }, "momentum");
        Refused(good with { Optimizer = new SgdOptimizer { Nesterov = true } }, "Nesterov");
        Refused(good with { Optimizer = new AdamOptimizer { Beta2 = 1 } }, "beta 2");
        Refused(good with { Optimizer = new AdamOptimizer { WeightDecay = -1 } }, "weight decay");
        Refused(good with { Optimizer = new RmsPropOptimizer { Epsilon = 0 } }, "epsilon");
        Refused(good with { Optimizer = new AdagradOptimizer { InitialAccumulator = double.NaN } }, "accumulator");
        Refused(good with { InitialWeights = new SoftmaxWeights([1, 2, 3], [0, 0, 0]) }, "initial weights");

        static void Refused(MiniBatchOptions options, string word) =>
            Assert.Contains(word, Assert.Throws<ArgumentException>(() => new MiniBatchTrainer(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_do_not_fit_are_refused()
    {
        var (features, labels) = RandomData.Classes(10, 3, 2);
        var (wide, _) = RandomData.Classes(10, 4, 2);
        var good = new TrainingRows { Features = features, Labels = labels };
        var options = new MiniBatchOptions { Labels = ["a", "b"] };
        Refused(options with { Patience = 2 }, good, null, "validation");
        Refused(options with { Patience = 2 }, good, new TrainingRows { Features = new FeatureMatrix(default, 0, 3), Labels = default }, "validation");
        Refused(options, good, good with { Features = wide }, "4 features");
        Refused(options, good, good with { Labels = new[] { 1 } }, "labels");
        Refused(options, good with { SampleWeights = new double[] { 1 } }, null, "sample weights");
        Refused(options, good, good with { SampleWeights = Enumerable.Repeat(-1.0, 10).ToArray() }, "sample weight");
        Refused(options with { Epochs = int.MaxValue, BatchSize = 1 }, good, null, "fewer epochs");
        Refused(options with { InitialWeights = new SoftmaxWeights(new float[8], new float[2]) }, good, null, "initial weights");

        static void Refused(MiniBatchOptions options, TrainingRows training, TrainingRows? validation, string word) =>
            Assert.Contains(word, Assert.Throws<TrainingDataException>(() => new MiniBatchTrainer(options).Fit(training, validation)).Message, StringComparison.Ordinal);
    }
}
