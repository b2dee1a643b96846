using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Tests.Sources;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Bottlenecks;

/// <summary>Caches in the layout of ML.NET's ImageClassificationTrainer and of retrain.py.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/4_caches")]
public sealed class CacheGoldenTests
{
    private const string Absent = "no file";
    private static readonly string[] Legal = ["ok", "zero_rows"];

    private static string Folder => GoldenFolder.At("golden", "formats", "4_caches");

    public static TheoryData<string> MlNetDamaged() => Files("mlnet_malformed", "*_features.bin");

    public static TheoryData<string> RetrainDamaged() => Files("retrain_malformed", "*.txt");

    [SkippableFact]
    public void MlNet_features_and_labels_are_those_that_were_written()
    {
        var index = GoldenFolder.Index("golden", "formats", "4_caches", "expected.json");
        Skip.If(index is null, $"{Folder} does not exist.");
        var about = index.Value.GetProperty("mlnet");
        var set = MlNetCache.Read(Path.Combine(Folder, "mlnet", about.GetProperty("name").GetString()!));
        Assert.Equal([about.GetProperty("count").GetInt32(), about.GetProperty("dim").GetInt32()], set.Shape);
        using var expected = new NpzReader(Path.Combine(Folder, "mlnet", "expected.npz"));
        Assert.Equal(expected.Read("labels").AsSpan<long>().ToArray(), set.Labels);
        Assert.Equal(expected.Read("features_sha1").AsText()[0], Sha1(set.Features));
    }

    [SkippableFact]
    public void MlNet_values_at_the_ends_of_float32_are_kept()
    {
        var index = GoldenFolder.Index("golden", "formats", "4_caches", "expected.json");
        Skip.If(index is null, $"{Folder} does not exist.");
        var about = index.Value.GetProperty("mlnet_small");
        var set = MlNetCache.Read(Path.Combine(Folder, "mlnet_small", about.GetProperty("name").GetString()! + "_labels.bin"));
        Assert.Equal(about.GetProperty("features").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => (float)value.GetDouble()), set.Features);
        Assert.Equal(about.GetProperty("labels").EnumerateArray().Select(label => label.GetInt64()), set.Labels!);
    }

    [SkippableTheory]
    [MemberData(nameof(MlNetDamaged))]
    public void MlNet_files_that_do_not_agree_are_refused(string file)
    {
        Skip.If(file == Absent, $"{Folder} does not exist.");
        var path = Path.Combine(Folder, "mlnet_malformed", file);
        if (Legal.Contains(file[..^"_features.bin".Length]))
        {
            var set = MlNetCache.Read(path);
            Assert.Equal(set.Rows, set.Labels!.Count);
            Assert.Equal(set.Rows * set.Dimension, set.Features.Length);
            return;
        }

        Assert.StartsWith(MlNetCache.FilesOf(path).Features[..^"features.bin".Length], Assert.Throws<InvalidDataException>(() => MlNetCache.Read(path)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Retrain_texts_are_read_to_the_nearest_float32()
    {
        var index = GoldenFolder.Index("golden", "formats", "4_caches", "expected.json");
        Skip.If(index is null, $"{Folder} does not exist.");
        var set = RetrainFolder.Read(Path.Combine(Folder, "retrain_bottlenecks"));
        using var expected = new NpzReader(Path.Combine(Folder, "retrain_expected.npz"));
        var digests = expected.Read("row_sha1").AsText();
        var first = expected.Read("first16");
        var sums = expected.Read("row_sums_f64").AsSpan<double>().ToArray();
        Assert.Equal(digests.Length, set.Rows);
        foreach (var about in index.Value.GetProperty("retrain").EnumerateArray())
        {
            var name = $"{about.GetProperty("label").GetString()}/{about.GetProperty("image").GetString()}";
            var row = set.Names!.ToList().IndexOf(name);
            Assert.True(row >= 0, $"{name} was not read.");
            Assert.Equal(about.GetProperty("label").GetString(), set.LabelTexts![row]);
            var values = set.Features.AsSpan(row * set.Dimension, set.Dimension);
            var at = about.GetProperty("row").GetInt32();
            if (!about.GetProperty("note").GetString()!.Contains("relative tolerance", StringComparison.Ordinal))
            {
                Assert.Equal(digests[at], Sha1(values));
            }

            var width = first.Shape[1];
            var sum = 0.0;
            for (var i = 0; i < values.Length; i++)
            {
                sum += values[i];
                if (i < width)
                {
                    var wanted = first.AsSpan<float>()[(at * width) + i];
                    Assert.True(Math.Abs(values[i] - wanted) <= 2e-7 * Math.Abs(wanted), $"{name}, number {i}: {values[i]}, {wanted} was expected.");
                }
            }

            Assert.Equal(sums[at], sum, 1e-6 * Math.Abs(sums[at]));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(RetrainDamaged))]
    public void Retrain_texts_that_are_damaged_are_refused_by_name(string file)
    {
        Skip.If(file == Absent, $"{Folder} does not exist.");
        using var folder = new TemporaryFolder();
        folder.Make("a/x.txt", "b/x.txt");
        var sound = Directory.GetFiles(Path.Combine(Folder, "retrain_bottlenecks"), "*.txt", SearchOption.AllDirectories).First();
        File.WriteAllBytes(folder.At("a/x.txt"), File.ReadAllBytes(sound));
        File.WriteAllBytes(folder.At("b/x.txt"), File.ReadAllBytes(Path.Combine(Folder, "retrain_malformed", file)));
        Assert.StartsWith(folder.At("b/x.txt"), Assert.Throws<InvalidDataException>(() => RetrainFolder.Read(folder.FullPath)).Message, StringComparison.Ordinal);
    }

    private static string Sha1(ReadOnlySpan<float> values) =>
#pragma warning disable CA5350 // The digest that the expected values state; nothing is protected by it.
        Convert.ToHexStringLower(SHA1.HashData(MemoryMarshal.AsBytes(values)));
#pragma warning restore CA5350

    private static TheoryData<string> Files(string name, string pattern)
    {
        var folder = Path.Combine(Folder, name);
        var files = new TheoryData<string>();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            files.Add(Path.GetFileName(file));
        }

        if (files.Count == 0)
        {
            files.Add(Absent);
        }

        return files;
    }
}
