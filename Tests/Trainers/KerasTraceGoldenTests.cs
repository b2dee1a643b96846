using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Networks;
using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Schedules;
using Xunit.Abstractions;

namespace MlTransfer.Trainers.Tests;

/// <summary>Keras' weights, loss and accuracy over some epochs of every optimizer and schedule, batches in order.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/6_trainers")]
public sealed partial class KerasTraceGoldenTests(ITestOutputHelper output)
{
    private const string File = "keras_traces.json";

    public static TheoryData<string> Cases() => TrainerGoldens.Names(File, "traces", item => !HasHiddenLayer(item));

    public static TheoryData<string> HiddenCases() => TrainerGoldens.Names(File, "traces", HasHiddenLayer);

    public static TheoryData<string> Scheduled() =>
        TrainerGoldens.Names(File, "traces", item => item.GetProperty("learning_rates_per_step").ValueKind == JsonValueKind.Array);

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Training_goes_as_in_Keras(string name)
    {
        Skip.If(name == TrainerGoldens.Absent, "The golden folder has no trace of a softmax layer.");
        var trace = TrainerGoldens.Case(File, "traces", name);
        var (features, labels) = TrainerGoldens.Data("dataset.npz");
        using var archive = new NpzReader(TrainerGoldens.At("keras_traces.npz"));
        var options = Options(trace, archive, "init_bias") with
        {
            InitialWeights = new SoftmaxWeights(ByClass<float>(archive.Read("init_kernel")), archive.Read("init_bias").AsSpan<float>()),
        };
        var result = new MiniBatchTrainer(options).Fit(new TrainingRows { Features = features, Labels = labels, SampleWeights = SampleWeights(trace) });
        Compare(trace, archive, options.Epochs, result, [result.Weights.Weight.ToArray(), result.Weights.Bias.ToArray()]);
    }

    [SkippableTheory]
    [MemberData(nameof(HiddenCases))]
    public void Training_of_hidden_layers_goes_as_in_Keras(string name)
    {
        Skip.If(name == TrainerGoldens.Absent, "The golden folder has no trace of a hidden layer.");
        var trace = TrainerGoldens.Case(File, "traces", name);
        var (features, labels) = TrainerGoldens.Data("dataset.npz");
        using var archive = new NpzReader(TrainerGoldens.At("keras_traces.npz"));
        var options = Options(trace, archive, "init_out_bias");
        var start = new[] { "hidden", "out" }.Select(layer => new DenseWeights(
            ByClass<float>(archive.Read($"init_{layer}_kernel")), archive.Read($"init_{layer}_bias").AsSpan<float>())).ToArray();
        var network = new NetworkOptions { Hidden = [start[0].Units], InitialWeights = new NetworkWeights(start), MiniBatches = options };
        var result = new NetworkTrainer(network).Fit(new TrainingRows { Features = features, Labels = labels, SampleWeights = SampleWeights(trace) });
        Compare(trace, archive, options.Epochs, result, [.. result.Weights.Layers.SelectMany(layer => new[] { layer.Weight.ToArray(), layer.Bias.ToArray() })]);
    }

    private void Compare(JsonElement trace, NpzReader archive, int epochs, HeadFit result, float[][] weights)
    {
        var name = trace.GetProperty("name").GetString()!;
        Assert.Equal(epochs, result.History.Count);
        var lossOff = Worst(Numbers(trace, "loss_f64"), [.. result.History.Select(epoch => epoch.Loss)]);
        var accuracyOff = Worst(Numbers(trace, "accuracy_f64"), [.. result.History.Select(epoch => epoch.Accuracy)]);
        var (weightOff, weightOff64) = (0.0, 0.0);
        for (var number = 0; number < weights.Length; number++)
        {
            var key = $"{name}__w{number}";
            var ours = Array.ConvertAll(weights[number], value => (double)value);
            weightOff = Math.Max(weightOff, Worst(Array.ConvertAll(ByClass<float>(archive.Read(key)), value => (double)value), ours));
            weightOff64 = Math.Max(weightOff64, Worst(ByClass<double>(archive.Read(key + "_f64")), ours));
        }

        output.WriteLine($"{name}: weights off by {weightOff:g3} (float64: {weightOff64:g3}), loss by {lossOff:g3}, accuracy by {accuracyOff:g3}");
        Assert.True(weightOff < 2e-6, $"A weight differs from Keras' by {weightOff}.");
        Assert.True(weightOff64 < 1e-6, $"A weight differs from the float64 trace by {weightOff64}.");
        Assert.True(lossOff < 2e-6, $"The loss of an epoch is off by {lossOff}.");
        Assert.True(accuracyOff < 1e-9, $"The accuracy of an epoch is off by {accuracyOff}.");
        Assert.True(Worst(Numbers(trace, "loss"), [.. result.History.Select(epoch => epoch.Loss)]) < 5e-6);
    }

    [SkippableTheory]
    [MemberData(nameof(Scheduled))]
    public void Schedules_give_Keras_rates(string name)
    {
        Skip.If(name == TrainerGoldens.Absent, "The golden folder has no trace with a schedule.");
        var trace = TrainerGoldens.Case(File, "traces", name);
        var rates = Numbers(trace, "learning_rates_per_step");
        var schedule = Schedule(trace);
        for (var step = 0; step < rates.Length; step++)
        {
            Assert.Equal(rates[step], schedule.At(step), 1e-12);
        }
    }

    private static bool HasHiddenLayer(JsonElement item) => Flag(item.GetProperty("config"), "two");

    private static MiniBatchOptions Options(JsonElement trace, NpzReader archive, string bias)
    {
        var index = TrainerGoldens.Index(File)!.Value;
        var config = trace.GetProperty("config");
        var known = new[] { "o", "lr", "mom", "nest", "wd", "centered", "l2", "ls", "cw", "use_sw", "two" };
        Assert.All(config.EnumerateObject(), property => Assert.Contains(property.Name, known));
        var classes = TrainerGoldens.ClassNames(archive.Read(bias).Count);
        return new MiniBatchOptions
        {
            Labels = classes,
            Optimizer = OptimizerOf(config),
            Schedule = Schedule(trace),
            BatchSize = index.GetProperty("batch_size").GetInt32(),
            Epochs = index.GetProperty("epochs").GetInt32(),
            Sampling = BatchSampling.InOrder,
            L2 = 2 * Number(config, "l2"),
            LabelSmoothing = Number(config, "ls"),
            ClassWeights = config.TryGetProperty("cw", out var weights)
                ? [.. classes.Select((_, label) => weights.GetProperty(label.ToString(CultureInfo.InvariantCulture)).GetDouble())]
                : null,
        };
    }

    private static Optimizer OptimizerOf(JsonElement config)
    {
        var momentum = Number(config, "mom");
        return config.GetProperty("o").GetString() switch
        {
            "sgd" => new SgdOptimizer { Momentum = momentum, Nesterov = Flag(config, "nest") },
            "adam" => new AdamOptimizer(),
            "adamw" => new AdamOptimizer { WeightDecay = Number(config, "wd") },
            "rmsprop" => new RmsPropOptimizer { Momentum = momentum, Centered = Flag(config, "centered") },
            "adagrad" => new AdagradOptimizer(),
            var other => throw new InvalidDataException($"The trace is of an optimizer '{other}', which the definitions do not state."),
        };
    }

    /// <summary>The index states the rate of a trace, or the constants of its schedule in words and the first rate in a list.</summary>
    private static LearningRateSchedule Schedule(JsonElement trace)
    {
        if (trace.GetProperty("config").TryGetProperty("lr", out var constant))
        {
            return new ConstantRate(constant.GetDouble());
        }

        var index = TrainerGoldens.Index(File)!.Value;
        var words = index.GetProperty("definitions").GetProperty("schedules").GetString()!;
        var decaySteps = index.GetProperty("decay_steps").GetInt64();
        var rates = Numbers(trace, "learning_rates_per_step");
        var name = trace.GetProperty("name").GetString()!;
        double[] Stated(Regex pattern)
        {
            var match = pattern.Match(words);
            Assert.True(match.Success, $"The definitions do not state {pattern}.");
            return [.. match.Groups.Values.Skip(1).Select(group => double.Parse(group.Value, CultureInfo.InvariantCulture))];
        }

        if (name.Contains("exponential", StringComparison.Ordinal))
        {
            return new ExponentialDecay(rates[0], decaySteps, Stated(ExponentialWords())[0], name.Contains("staircase", StringComparison.Ordinal));
        }

        if (name.Contains("cosine", StringComparison.Ordinal))
        {
            var numbers = Stated(CosineWords());
            return new CosineDecay(rates[0], (long)numbers[0], numbers[1]);
        }

        if (name.Contains("polynomial", StringComparison.Ordinal))
        {
            var numbers = Stated(PolynomialWords());
            return new PolynomialDecay(rates[0], (long)numbers[0], numbers[1], numbers[2]);
        }

        if (name.Contains("inverse_time", StringComparison.Ordinal))
        {
            return new InverseTimeDecay(rates[0], decaySteps, Stated(InverseTimeWords())[0]);
        }

        Assert.Contains("piecewise", name, StringComparison.Ordinal);
        var match = PiecewiseWords().Match(words);
        Assert.True(match.Success, "The definitions do not state the boundaries.");
        return new StepDecay(
            [.. match.Groups[1].Value.Split(',').Select(number => long.Parse(number, CultureInfo.InvariantCulture))], [.. rates.Distinct()]);
    }

    private static double[] SampleWeights(JsonElement trace)
    {
        if (!Flag(trace.GetProperty("config"), "use_sw"))
        {
            return [];
        }

        using var archive = new NpzReader(TrainerGoldens.At("dataset.npz"));
        return archive.Read("sample_weight").AsSpan<double>().ToArray();
    }

    private static double Number(JsonElement config, string name) => config.TryGetProperty(name, out var value) ? value.GetDouble() : 0;

    private static bool Flag(JsonElement config, string name) => config.TryGetProperty(name, out var value) && value.GetBoolean();

    private static double[] Numbers(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static double Worst(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
    }

    /// <summary>A kernel as ours are, class after class; a bias as it is.</summary>
    private static T[] ByClass<T>(NpyArray array)
        where T : unmanaged
    {
        var source = MemoryMarshal.Cast<byte, T>(array.Data);
        if (array.Shape.Count == 1)
        {
            return source.ToArray();
        }

        var (rows, columns) = (array.Shape[0], array.Shape[1]);
        var target = new T[rows * columns];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                target[(c * rows) + r] = source[(r * columns) + c];
            }
        }

        return target;
    }

    [GeneratedRegex(@"exponential lr\*([\d.]+)\^")]
    private static partial Regex ExponentialWords();

    [GeneratedRegex(@"cosine over (\d+) steps, alpha ([\d.]+\d)")]
    private static partial Regex CosineWords();

    [GeneratedRegex(@"polynomial over (\d+) steps to ([\d.]+\d), power ([\d.]*\d)")]
    private static partial Regex PolynomialWords();

    [GeneratedRegex(@"inverse time [\d.]+/\(1\+([\d.]+)\*")]
    private static partial Regex InverseTimeWords();

    [GeneratedRegex(@"boundaries \[([\d, ]+)\]")]
    private static partial Regex PiecewiseWords();
}
