using System.Runtime.InteropServices;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Heads;
using Xunit.Abstractions;

namespace MlTransfer.Trainers.Tests;

/// <summary>Keras' weights after some epochs of plain gradient descent, batches in order.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/6_trainers")]
public sealed class KerasTraceGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases() => TrainerGoldens.Names("keras_traces.json", "traces", IsPlainSgd);

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Weights_after_training_match(string name)
    {
        Skip.If(name == TrainerGoldens.Absent, "The golden folder has no trace of plain SGD.");
        var index = TrainerGoldens.Index("keras_traces.json")!.Value;
        var config = TrainerGoldens.Case("keras_traces.json", "traces", name).GetProperty("config");
        var (features, labels) = TrainerGoldens.Data("dataset.npz");
        using var archive = new NpzReader(TrainerGoldens.At("keras_traces.npz"));
        var classes = archive.Read("init_bias").Count;
        var initial = new SoftmaxWeights(Transposed(archive.Read("init_kernel")), archive.Read("init_bias").AsSpan<float>());
        var result = new SgdTrainer(new SgdOptions
        {
            Labels = TrainerGoldens.ClassNames(classes),
            LearningRate = config.GetProperty("lr").GetDouble(),
            BatchSize = index.GetProperty("batch_size").GetInt32(),
            Steps = index.GetProperty("epochs").GetInt32() * index.GetProperty("steps_per_epoch").GetInt32(),
            Sampling = BatchSampling.InOrder,
            InitialWeights = initial,
        }).Fit(features, labels);

        var expected = Transposed(archive.Read($"{name}__w0"));
        var bias = archive.Read($"{name}__w1").AsSpan<float>().ToArray();
        var worst = expected.Zip(result.Weights.Weight.ToArray(), (a, b) => Math.Abs(a - b)).Max();
        output.WriteLine($"{name}: weights off by {worst:g3}");
        Assert.True(worst < 2e-6, $"A weight is off by {worst}.");
        for (var c = 0; c < classes; c++)
        {
            Assert.Equal(bias[c], result.Weights.Bias[c], 2e-6);
        }
    }

    private static bool IsPlainSgd(JsonElement item)
    {
        var config = item.GetProperty("config");
        return config.EnumerateObject().All(property => property.Name is "o" or "lr")
            && config.TryGetProperty("o", out var optimizer) && optimizer.ValueEquals("sgd")
            && config.TryGetProperty("lr", out var rate) && rate.ValueKind == JsonValueKind.Number;
    }

    private static float[] Transposed(NpyArray kernel)
    {
        var source = MemoryMarshal.Cast<byte, float>(kernel.Data);
        var (rows, columns) = (kernel.Shape[0], kernel.Shape[1]);
        var target = new float[rows * columns];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                target[(c * rows) + r] = source[(r * columns) + c];
            }
        }

        return target;
    }
}
