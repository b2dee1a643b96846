using System.Text;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Tests.Heads;

public sealed class SoftmaxHeadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softmax-head").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static SoftmaxHead Head(int features = 70, int classes = 3)
    {
        var random = new Random(1);
        return new SoftmaxHead(
            new SoftmaxWeights(
                [.. Enumerable.Range(0, features * classes).Select(_ => random.NextSingle() - 0.5f)], [.. Enumerable.Range(0, classes).Select(_ => random.NextSingle())]),
            new HeadDescription
            {
                Labels = [.. Enumerable.Range(0, classes).Select(number => $"Blüte \"{number}\" 花")],
                BackboneId = "inception-v3",
                GraphSha256 = new string('a', 64),
                Tensor = "bottleneck:0",
                Preprocessing = "inception",
                Trainer = "lbfgs",
                TrainerOptions = new Dictionary<string, string> { ["l2"] = "0.001", ["a"] = "b" },
                Training = new TrainingFacts
                {
                    Rows = 400, Split = "stratified, seed 1", Objective = 0.25, Metrics = new Dictionary<string, double> { ["test_accuracy"] = 0.1 },
                },
                CreatedBy = "MlTransfer 0.1.0",
            });
    }

    private string At(string name) => Path.Combine(_folder, name);

    [Fact]
    public void What_is_saved_is_loaded()
    {
        var head = Head();
        head.Save(At("a.head"));
        var loaded = SoftmaxHead.Load(At("a.head"));
        Assert.Equal(head.Weights.Weight.ToArray(), loaded.Weights.Weight.ToArray());
        Assert.Equal(head.Weights.Bias.ToArray(), loaded.Weights.Bias.ToArray());
        Assert.Equal(head.Labels, loaded.Labels);
        Assert.Equal(head.Description.TrainerOptions, loaded.Description.TrainerOptions.OrderByDescending(pair => pair.Key).ToDictionary());
        Assert.Equal(head.Description.Training!.Metrics, loaded.Description.Training!.Metrics);
        Assert.Equal(
            head.Description with { Labels = [], TrainerOptions = loaded.Description.TrainerOptions, Training = null },
            loaded.Description with { Labels = head.Description.Labels.Take(0).ToArray(), Training = null });
        Assert.Equal((400, "stratified, seed 1", 0.25), (loaded.Description.Training.Rows, loaded.Description.Training.Split, loaded.Description.Training.Objective));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Saving_twice_gives_the_same_bytes_and_replaces()
    {
        Head().Save(At("a.head"));
        File.WriteAllText(At("b.head"), "something older");
        Head().Save(At("b.head"));
        Assert.Equal(File.ReadAllBytes(At("a.head")), File.ReadAllBytes(At("b.head")));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(31, 5)]
    [InlineData(2048, 6)]
    public void Probabilities_are_softmax_and_the_same_alone_and_in_a_batch(int features, int classes)
    {
        var head = Head(features, classes);
        var random = new Random(2);
        var rows = new FeatureMatrix(Enumerable.Range(0, 7 * features).Select(_ => random.NextSingle()).ToArray(), 7, features);
        var batch = head.Predict(rows, threads: 2);
        for (var r = 0; r < 7; r++)
        {
            var probabilities = new float[classes];
            head.Predict(rows.Row(r), probabilities);
            Assert.Equal(probabilities, batch.AsSpan(r * classes, classes).ToArray());
            var logits = new double[classes];
            for (var c = 0; c < classes; c++)
            {
                logits[c] = head.Weights.Bias[c];
                for (var d = 0; d < features; d++)
                {
                    logits[c] += (double)head.Weights.Weight[(c * features) + d] * rows.Row(r)[d];
                }
            }

            for (var c = 0; c < classes; c++)
            {
                Assert.Equal(Math.Exp(logits[c] - logits.Max()) / logits.Sum(logit => Math.Exp(logit - logits.Max())), probabilities[c], 1e-5);
            }
        }
    }

    [Fact]
    public void It_can_be_used_from_many_threads()
    {
        var head = Head();
        var row = Enumerable.Range(0, 70).Select(i => (float)Math.Sin(i)).ToArray();
        var expected = new float[3];
        head.Predict(row, expected);
        Parallel.For(0, 500, _ =>
        {
            var probabilities = new float[3];
            head.Predict(row, probabilities);
            Assert.Equal(expected, probabilities);
        });
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Assert.Contains("needs 70 features; 71", Assert.Throws<ArgumentException>(() => Head().Predict(new float[71], new float[3])).Message, StringComparison.Ordinal);
        Assert.Contains("room for 2", Assert.Throws<ArgumentException>(() => Head().Predict(new float[70], new float[2])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "the rows have 2", Assert.Throws<ArgumentException>(() => Head().Predict(new FeatureMatrix(new float[2], 1, 2))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "holds NaN in column 2")]
    [InlineData(float.PositiveInfinity, "in column 2")]
    [InlineData(float.MaxValue, "too large")]
    public void Features_that_give_no_probabilities_are_refused(float bad, string message)
    {
        var values = new float[3 * 70];
        values[70 + 2] = bad;
        values[70 + 3] = bad;
        var head = new SoftmaxHead(
            new SoftmaxWeights([.. Enumerable.Range(0, 210).Select(i => i % 2 == 0 ? 3f : -3f)], [0, 0, 0]), Head().Description);
        var single = Assert.Throws<ArgumentException>(() => head.Predict(values.AsSpan(70, 70), new float[3])).Message;
        Assert.Contains(message, single, StringComparison.Ordinal);
        var batch = Assert.Throws<ArgumentException>(() => head.Predict(new FeatureMatrix(values, 3, 70))).Message;
        Assert.Contains(message, batch, StringComparison.Ordinal);
        Assert.Contains("row 1", batch, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_of_another_origin_are_refused_with_both_names()
    {
        var head = Head();
        head.EnsureMatches("inception-v3", new string('A', 64), "bottleneck:0", "inception");
        var other = Assert.Throws<HeadMismatchException>(() => head.EnsureMatches("resnet-50", new string('b', 64), "bottleneck:0", "inception")).Message;
        Assert.Contains("another backbone", other, StringComparison.Ordinal);
        Assert.Contains("'inception-v3' (graph aaaaaaaaaaaa…", other, StringComparison.Ordinal);
        Assert.Contains("'resnet-50' (graph bbbbbbbbbbbb…", other, StringComparison.Ordinal);
        Assert.Contains("fit a new head", other, StringComparison.Ordinal);
        Assert.Contains(
            "another tensor", Assert.Throws<HeadMismatchException>(() => head.EnsureMatches("inception-v3", new string('a', 64), "mixed8", "inception")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "another preprocessing", Assert.Throws<HeadMismatchException>(() => head.EnsureMatches("inception-v3", new string('a', 64), "bottleneck:0", "torch")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format", "other", "format is 'other'")]
    [InlineData("format", null, "no 'format'")]
    [InlineData("format_version", "99", "version 99")]
    [InlineData("labels", "[\"a\",", "'labels' cannot be read")]
    [InlineData("labels", "null", "labels is null")]
    [InlineData("labels", "[\"a\",\"b\"]", "F32 [2, 70]")]
    [InlineData("labels", "[\"a\",\"b\",\"b\"]", "Two classes are named 'b'")]
    [InlineData("labels", "[\"a\",\"b\",null]", "no name")]
    [InlineData("feature_dimension", "71", "F32 [3, 71]")]
    [InlineData("feature_dimension", "-1", "feature_dimension is '-1'")]
    [InlineData("feature_dimension", "99999999999", "feature_dimension is '99999999999'")]
    [InlineData("backbone", null, "no 'backbone'")]
    [InlineData("graph_sha256", null, "no 'graph_sha256'")]
    [InlineData("training", "[]", "'training' cannot be read")]
    [InlineData("trainer_options", "{\"a\":1}", "'trainer_options' cannot be read")]
    public void Damaged_metadata_is_refused(string key, string? value, string message)
    {
        Head().Save(At("a.head"));
        using (var reader = new SafetensorsReader(At("a.head")))
        {
            var metadata = reader.Metadata.ToDictionary();
            metadata.Remove(key);
            if (value is not null)
            {
                metadata[key] = value;
            }

            SafetensorsWriter.Write(
                At("b.head"),
                [.. reader.Tensors.Values.Select(entry => new SafetensorsTensor(entry.Name, entry.Type, entry.Shape, reader.ReadBytes(entry.Name)))],
                metadata);
        }

        var error = Assert.Throws<InvalidDataException>(() => SoftmaxHead.Load(At("b.head")));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("b.head", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused()
    {
        Head().Save(At("a.head"));
        var bytes = File.ReadAllBytes(At("a.head"));
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - 4);
        File.WriteAllBytes(At("a.head"), bytes);
        Assert.Contains("finite", Assert.Throws<InvalidDataException>(() => SoftmaxHead.Load(At("a.head"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_cut_is_refused()
    {
        Head(features: 4).Save(At("a.head"));
        var bytes = File.ReadAllBytes(At("a.head"));
        for (var length = 0; length < bytes.Length; length += 3)
        {
            File.WriteAllBytes(At("cut.head"), bytes[..length]);
            Assert.Throws<InvalidDataException>(() => SoftmaxHead.Load(At("cut.head")));
        }
    }

    [Fact]
    public void Another_file_is_refused_and_a_missing_one_is_named()
    {
        File.WriteAllBytes(At("a.head"), Encoding.UTF8.GetBytes("{\"labels\": []} and more text"));
        Assert.Contains("not a safetensors file", Assert.Throws<InvalidDataException>(() => SoftmaxHead.Load(At("a.head"))).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => SoftmaxHead.Load(At("absent.head")));
    }
}
