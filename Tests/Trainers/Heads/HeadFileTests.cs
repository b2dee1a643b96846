using System.Buffers.Binary;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Tests.Heads;

/// <summary>Head files of every kind and version: what is written, what is read back, and what is refused.</summary>
public sealed class HeadFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("head-file").FullName;

    public static TheoryData<string> Kinds() => [.. HeadExamples.Kinds];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Heads", "Fixtures", name);

    [Fact]
    public void A_file_of_version_1_is_read()
    {
        var head = Assert.IsType<SoftmaxHead>(ClassifierHead.Load(Fixture("version-1.head")));
        Assert.Equal([.. Enumerable.Range(0, 18).Select(i => (i - 8) / 16f)], head.Weights.Weight.ToArray());
        Assert.Equal([0.5f, -0.25f, 0.125f], head.Weights.Bias.ToArray());
        Assert.Equal(["daisy", "Rose \"é\" 花", "tulip"], head.Labels);
        var description = head.Description;
        Assert.Equal(
            ("inception_v3_nsfwjs", new string('c', 64), "bottleneck:0", "inception", "lbfgs", "mltransfer 0.1.0"),
            (description.BackboneId, description.GraphSha256, description.Tensor, description.Preprocessing, description.Trainer, description.CreatedBy));
        Assert.Equal(new Dictionary<string, string> { ["l2"] = "0.0003", ["max_iterations"] = "1000" }, description.TrainerOptions);
        Assert.Equal((42, 0.75, 0.875), (description.Training!.Rows, description.Training.Objective, description.Training.Metrics["test_accuracy"]));
        Assert.Null(description.Temperature);
        Assert.Equal(head.Weights.Weight.ToArray(), SoftmaxHead.Load(Fixture("version-1.head")).Weights.Weight.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_of_version_2_is_read_and_written_as_it_always_was(string kind)
    {
        var fixture = Fixture($"version-2-{kind}.head");
        var head = ClassifierHead.Load(fixture);
        Same(HeadExamples.Create(kind), head);
        head.Save(At("again.head"));
        Assert.Equal(File.ReadAllBytes(fixture), File.ReadAllBytes(At("again.head")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_saved_is_loaded(string kind)
    {
        var head = HeadExamples.Create(kind, features: 70, classes: 4);
        head.Save(At("a.head"));
        Same(head, ClassifierHead.Load(At("a.head")));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Files_keep_the_rules_of_safetensors(string kind)
    {
        HeadExamples.Create(kind).Save(At("a.head"));
        var bytes = File.ReadAllBytes(At("a.head"));
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal((byte)'{', bytes[8]);
        Assert.Equal(0, (8 + length) % 8);
        var reader = new Utf8JsonReader(bytes.AsSpan(8, length));
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var path = new Stack<string>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                Assert.True(keys.Add(reader.CurrentDepth + "/" + (reader.CurrentDepth > 1 ? path.Peek() : "") + "/" + reader.GetString()), "a key comes twice");
                if (reader.CurrentDepth == 1)
                {
                    path.Push(reader.GetString()!);
                }
            }
        }

        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        long end = 0;
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                Assert.All(entry.Value.EnumerateObject(), pair => Assert.Equal(JsonValueKind.String, pair.Value.ValueKind));
                continue;
            }

            var offsets = entry.Value.GetProperty("data_offsets");
            var size = entry.Value.GetProperty("dtype").GetString() == "I64" ? 8 : 4;
            Assert.Equal(end, offsets[0].GetInt64());
            Assert.Equal(0, end % size);
            end = offsets[1].GetInt64();
            Assert.Equal(entry.Value.GetProperty("shape").EnumerateArray().Aggregate((long)size, (product, extent) => product * extent.GetInt64()), end - offsets[0].GetInt64());
        }

        Assert.Equal(bytes.Length, 8 + length + end);
    }

    [Fact]
    public void A_later_version_and_an_unknown_kind_are_refused_by_name()
    {
        Refused("softmax", "format_version", "3", "version 3; this program reads versions 1 to 2. Update the program");
        Refused("softmax", "format_version", "1", "has no version 1");
        Refused("softmax", "format_version", "0", "format_version is '0'");
        Refused("softmax", "kind", "forest", "kind 'forest', which this program does not know");
        Refused("softmax", "kind", null, "no 'kind'");
        Refused("softmax", "format", "pt", "format is 'pt'");
        HeadExamples.Create("centroid").Save(At("c.head"));
        Assert.Contains(
            "kind 'centroid'; one of kind 'softmax'", Assert.Throws<InvalidDataException>(() => SoftmaxHead.Load(At("c.head"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("softmax", "temperature", "0", "temperature")]
    [InlineData("softmax", "temperature", "NaN", "finite")]
    [InlineData("softmax", "training", "{\"metrics\":null}", "metrics")]
    [InlineData("softmax", "trainer_options", "{\"a\":null}", "null")]
    [InlineData("network", "kind_options", "{\"layers\":\"2\"}", "F32 [3, 5]")]
    [InlineData("network", "kind_options", "{\"layers\":\"1000000\"}", "at most 65")]
    [InlineData("network", "kind_options", "{\"layers\":\"4\"}", "layers.3.weight")]
    [InlineData("network", "kind_options", "{}", "no 'layers'")]
    [InlineData("centroid", "kind_options", "{\"metric\":\"taxi\",\"sharpness\":\"1\"}", "'taxi'")]
    [InlineData("centroid", "kind_options", "{\"metric\":\"cosine\",\"sharpness\":\"-1\"}", "sharpness")]
    [InlineData("centroid", "kind_options", "{\"metric\":\"cosine\"}", "no 'sharpness'")]
    [InlineData("neighbours", "kind_options", "{\"examples\":\"2000000000\",\"neighbours\":\"1\",\"weights\":\"uniform\",\"metric\":\"cosine\"}", "F32 [2000000000, 6]")]
    [InlineData("neighbours", "kind_options", "{\"examples\":\"9\",\"neighbours\":\"0\",\"weights\":\"uniform\",\"metric\":\"cosine\"}", "neighbours is '0'")]
    [InlineData("neighbours", "kind_options", "{\"examples\":\"9\",\"neighbours\":\"1\",\"weights\":\"rank\",\"metric\":\"cosine\"}", "'rank'")]
    [InlineData("neighbours", "labels", "[\"a\",\"b\"]", "class 2")]
    public void Damaged_metadata_is_refused(string kind, string key, string? value, string message) => Refused(kind, key, value, message);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Any_cut_is_refused(string kind)
    {
        HeadExamples.Create(kind).Save(At("a.head"));
        var bytes = File.ReadAllBytes(At("a.head"));
        for (var length = 0; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(At("cut.head"), bytes[..length]);
            Assert.Throws<InvalidDataException>(() => ClassifierHead.Load(At("cut.head")));
        }
    }

    /// <summary>Whatever is changed, a file is refused with its name, or read as a head that predicts.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Mutated_files_are_refused_or_usable(string kind)
    {
        HeadExamples.Create(kind).Save(At("a.head"));
        var bytes = File.ReadAllBytes(At("a.head"));
        var random = new Random(17);
        var refused = 0;
        const int mutations = 700;
        for (var i = 0; i < mutations; i++)
        {
            var changed = Mutate(bytes, random);
            File.WriteAllBytes(At("m.head"), changed);
            ClassifierHead head;
            try
            {
                head = ClassifierHead.Load(At("m.head"));
            }
            catch (InvalidDataException error)
            {
                Assert.Contains("m.head", error.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }

            try
            {
                var probabilities = head.Predict(new FeatureMatrix(HeadExamples.Numbers(2 * head.FeatureDimension), 2, head.FeatureDimension));
                Assert.All(probabilities, probability => Assert.InRange(probability, 0, 1.0001f));
            }
            catch (ArgumentException error)
            {
                Assert.Contains("too large", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(refused, mutations / 4, mutations);
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var changed = bytes.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(changed.Count);
            switch (random.Next(6))
            {
                case 0:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    changed[at] = (byte)"0123456789\"{}[],:\\-e"[random.Next(20)];
                    break;
                case 3:
                    changed.RemoveAt(at);
                    break;
                case 4:
                    changed.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    var count = Math.Min(random.Next(1, 32), changed.Count - at);
                    changed.InsertRange(random.Next(changed.Count), changed.GetRange(at, count));
                    break;
            }

            if (changed.Count == 0)
            {
                changed.Add(0);
            }
        }

        return [.. changed];
    }

    private void Refused(string kind, string key, string? value, string message)
    {
        HeadExamples.Create(kind).Save(At("a.head"));
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

        var error = Assert.Throws<InvalidDataException>(() => ClassifierHead.Load(At("b.head")));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("b.head", error.Message, StringComparison.Ordinal);
    }

    private static void Same(ClassifierHead expected, ClassifierHead actual)
    {
        Assert.Equal(expected.GetType(), actual.GetType());
        Assert.Equal((expected.Kind, expected.FeatureDimension), (actual.Kind, actual.FeatureDimension));
        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Description.TrainerOptions.OrderBy(pair => pair.Key), actual.Description.TrainerOptions.OrderBy(pair => pair.Key));
        Assert.Equal(expected.Description.Training!.Metrics, actual.Description.Training!.Metrics);
        HeadDescription Plain(ClassifierHead head) =>
            head.Description with { Labels = Array.Empty<string>(), TrainerOptions = new SortedDictionary<string, string>(), Training = null };
        var ours = Plain(expected);
        Assert.Equal(ours, Plain(actual) with { Labels = ours.Labels, TrainerOptions = ours.TrainerOptions });
        var rows = new FeatureMatrix(HeadExamples.Numbers(5 * expected.FeatureDimension), 5, expected.FeatureDimension);
        Assert.Equal(expected.Predict(rows), actual.Predict(rows));
    }
}
