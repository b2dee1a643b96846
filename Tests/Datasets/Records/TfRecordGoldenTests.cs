using System.Security.Cryptography;
using System.Text;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Records;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Records;

/// <summary>TFRecord files that TensorFlow wrote, and damaged ones, against what TensorFlow says of them.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/5_tfrecord")]
public sealed class TfRecordGoldenTests
{
    private const string Absent = "no file";
    private static readonly string[] Parts = ["golden", "formats", "5_tfrecord"];

    private static string Folder => GoldenFolder.At(Parts);

    public static TheoryData<string> Malformed() => Cases(
        GoldenFolder.Index([.. Parts, "expected.json"])?.GetProperty("malformed_tensorflow_2_21_says").EnumerateObject().Select(entry => entry.Name));

    public static TheoryData<string> Photos() => Cases(
        GoldenFolder.Index([.. Parts, "expected.json"])?.GetProperty("file").GetString() is { } name ? Directory.GetFiles(Folder, name + "*").Select(file => Path.GetFileName(file)!) : null);

    [SkippableTheory]
    [MemberData(nameof(Photos))]
    public void Records_are_those_that_were_written_whatever_the_packing(string file)
    {
        Skip.If(file == Absent, $"{Folder} does not exist.");
        var expected = GoldenFolder.Index([.. Parts, "expected.json"])!.Value.GetProperty("records").EnumerateArray().ToArray();
        var records = TfRecordReader.Read(Path.Combine(Folder, file)).Select(record => ExampleReader.Read(record)).ToArray();
        Assert.Equal(expected.Length, records.Length);
        foreach (var (record, about) in records.Zip(expected))
        {
            var bytes = Assert.Single(record["image/encoded"].Texts).Span;
#pragma warning disable CA5350 // The digest that the expected values state; nothing is protected by it.
            Assert.Equal(about.GetProperty("encoded_sha1").GetString(), Convert.ToHexStringLower(SHA1.HashData(bytes)));
#pragma warning restore CA5350
            Assert.Equal(about.GetProperty("format").GetString(), Encoding.UTF8.GetString(Assert.Single(record["image/format"].Texts).Span));
            foreach (var (key, name) in new[] { ("image/class/label", "label"), ("image/height", "height"), ("image/width", "width") })
            {
                Assert.Equal([about.GetProperty(name).GetInt64()], record[key].Integers);
            }
        }
    }

    [SkippableFact]
    public void Lists_packed_or_not_and_empty_ones_are_read()
    {
        var path = Path.Combine(Folder, "misc_examples.tfrecord");
        Skip.IfNot(File.Exists(path), $"{path} does not exist.");
        var expected = GoldenFolder.Index([.. Parts, "expected.json"])!.Value.GetProperty("misc").EnumerateArray().ToArray();
        var records = TfRecordReader.Read(path).Select(record => ExampleReader.Read(record)).ToArray();
        Assert.Equal(expected.Length, records.Length);
        foreach (var (record, about) in records.Zip(expected))
        {
            var values = record.Values.ToArray();
            Assert.Equal(about.TryGetProperty("ints", out var integers) ? integers.EnumerateArray().Select(value => value.GetInt64()) : [], values.SelectMany(value => value.Integers));
            Assert.Equal(about.TryGetProperty("floats", out var floats) ? floats.EnumerateArray().Select(value => value.GetSingle()) : [], values.SelectMany(value => value.Floats));
            Assert.Equal(about.TryGetProperty("bytes_hex", out var texts) ? texts.EnumerateArray().Select(value => value.GetString()) : [], values.SelectMany(value => value.Texts).Select(text => Convert.ToHexStringLower(text.Span)));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Malformed))]
    public void Damaged_files_give_the_records_before_the_fault_and_then_name_it(string file)
    {
        Skip.If(file == Absent, $"{Folder} does not exist.");
        var path = Path.Combine(Folder, "malformed", file);
        var said = GoldenFolder.Index([.. Parts, "expected.json"])!.Value.GetProperty("malformed_tensorflow_2_21_says").GetProperty(file).GetString()!;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (read, fault) = ReadAll(path);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 20_000_000, "memory is not bounded by the file");
        if (said.Contains("without error", StringComparison.Ordinal))
        {
            // Where TensorFlow is silent, a reader may be stricter; what it gives is the same.
            Assert.True(fault is not null || said.Contains($"reads {read} records", StringComparison.Ordinal), said);
            return;
        }

        Assert.NotNull(fault);
        Assert.StartsWith(path, fault, StringComparison.Ordinal);
        Assert.True(!said.Contains("TF reads", StringComparison.Ordinal) || said.Contains($"TF reads {read} records", StringComparison.Ordinal), $"{read} records were read; {said}");
    }

    [SkippableFact]
    public void An_empty_file_has_no_records()
    {
        var path = Path.Combine(Folder, "empty.tfrecord");
        Skip.IfNot(File.Exists(path), $"{path} does not exist.");
        Assert.Empty(TfRecordReader.Read(path));
        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => BottleneckSource.Read(path)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Bottlenecks_are_those_that_were_written()
    {
        var path = Path.Combine(Folder, "bottlenecks.tfrecord");
        Skip.IfNot(File.Exists(path), $"{path} does not exist.");
        using var expected = new NpzReader(Path.Combine(Folder, "bottlenecks_expected.npz"));
        Assert.Equal(BottleneckFormat.TfRecord, BottleneckSource.FormatOf(path));
        var set = BottleneckSource.Read(path);
        Assert.Equal(expected.Read("features").Shape, set.Shape);
        Assert.Equal(FeatureNumbers.ToFeatures(expected.Read("features")), set.Features);
        Assert.Equal(FeatureNumbers.ToClasses(expected.Read("labels")), set.Labels!);
    }

    private static (int Read, string? Fault) ReadAll(string path)
    {
        var read = 0;
        try
        {
            foreach (var record in TfRecordReader.Read(path))
            {
                read++;
                ExampleReader.Read(record);
            }

            return (read, null);
        }
        catch (InvalidDataException fault)
        {
            // An example within a good record does not know the file.
            return (read, fault.Message.StartsWith(path, StringComparison.Ordinal) ? fault.Message : $"{path}: {fault.Message}");
        }
    }

    private static TheoryData<string> Cases(IEnumerable<string>? names)
    {
        var cases = new TheoryData<string>();
        foreach (var name in (names ?? []).Order(StringComparer.Ordinal))
        {
            cases.Add(name);
        }

        if (cases.Count == 0)
        {
            cases.Add(Absent);
        }

        return cases;
    }
}
