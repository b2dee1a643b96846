using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Bottlenecks;

/// <summary>Sources of every kind, told apart without being told what they are.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats")]
public sealed class BottleneckSourceGoldenTests
{
    private const string Absent = "no file";

    private static string Formats => GoldenFolder.At("golden", "formats");

    public static TheoryData<string> Pickles() => Files("2_pickles", "*.p");

    public static TheoryData<string> LabelLists() => Files("4_caches", "output_labels*.txt");

    public static TheoryData<string> BrokenArrays() => Files(Path.Combine("3_npy", "malformed"), "*.np?");

    [SkippableTheory]
    [MemberData(nameof(Pickles))]
    public void Pickles_are_recognised_the_hostile_ones_too(string name)
    {
        Skip.If(name == Absent, $"{Formats} has no pickles.");
        Assert.Equal(BottleneckFormat.Pickle, BottleneckSource.FormatOf(Path.Combine(Formats, name)));
    }

    [SkippableTheory]
    [MemberData(nameof(BrokenArrays))]
    public void Broken_arrays_are_refused_as_features_with_their_name(string name)
    {
        Skip.If(name == Absent, $"{Formats} has no broken arrays.");
        var path = Path.Combine(Formats, name);
        if (Path.GetFileName(name).StartsWith("zip_", StringComparison.Ordinal))
        {
            // Legal to NumPy: only to be read safely, without a path made of a member's name and without more memory than the array takes.
            var before = GC.GetAllocatedBytesForCurrentThread();
            var fault = Record.Exception(() => BottleneckSource.Read(path));
            Assert.True(fault is null or InvalidDataException, $"{fault}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000_000, "memory is not bounded");
            return;
        }

        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => BottleneckSource.Read(path)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Arrays_with_two_dimensions_or_more_are_features()
    {
        var index = GoldenFolder.Index("golden", "formats", "3_npy", "expected.json");
        Skip.If(index is null, $"{Formats} has no arrays.");
        var read = 0;
        foreach (var file in index.Value.GetProperty("files").EnumerateObject().Where(file => file.Name.EndsWith(".npy", StringComparison.Ordinal) && file.Value.GetProperty("dtype").GetString()![0] != '['))
        {
            var path = Path.Combine(Formats, "3_npy", file.Name);
            var array = NpyReader.Read(path);
            if (array.Shape.Count < 2 || array.Shape.Skip(1).Contains(0) || array.Descr[1] is 'U' or 'S' or 'c' or 'b')
            {
                Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => BottleneckSource.Read(path)).Message, StringComparison.Ordinal);
                continue;
            }

            Assert.Equal(array.Shape, BottleneckSource.Read(path).Shape);
            read++;
        }

        Assert.True(read > 0, "no array was read as features");
    }

    [SkippableFact]
    public void The_text_twin_of_a_cache_of_ML_NET_holds_the_same()
    {
        var index = GoldenFolder.Index("golden", "formats", "4_caches", "expected.json");
        Skip.If(index is null, $"{Formats} has no caches.");
        var name = index.Value.GetProperty("mlnet_small").GetProperty("name").GetString()!;
        var folder = Path.Combine(Formats, "4_caches", "mlnet_small");
        var binary = BottleneckSource.Read(Path.Combine(folder, name + "_features.bin"));
        var text = BottleneckSource.Read(Path.Combine(folder, name));
        Assert.Equal(BottleneckFormat.Csv, BottleneckSource.FormatOf(Path.Combine(folder, name)));
        Assert.Equal(binary.Features, text.Features);
        Assert.Equal(Enumerable.Range(0, binary.Rows).Select(binary.LabelOf), Enumerable.Range(0, text.Rows).Select(text.LabelOf));
    }

    [SkippableFact]
    public void Folders_of_retrain_py_are_recognised()
    {
        var folder = Path.Combine(Formats, "4_caches", "retrain_bottlenecks");
        Skip.IfNot(Directory.Exists(folder), $"{folder} does not exist.");
        Assert.Equal(BottleneckFormat.RetrainFolder, BottleneckSource.FormatOf(folder));
        Assert.Equal(RetrainFolder.Read(folder).Features, BottleneckSource.Read(folder).Features);
    }

    [SkippableTheory]
    [MemberData(nameof(LabelLists))]
    public void Lists_of_labels_name_the_classes_whatever_their_line_ends(string name)
    {
        Skip.If(name == Absent, $"{Formats} has no lists of labels.");
        var names = ClassNames.Read(Path.Combine(Formats, name));
        Assert.NotEmpty(names);
        Assert.All(names, label => Assert.Equal(label.Trim('\uFEFF', '\r', '\n', ' '), label));
        Assert.Equal(ClassNames.Read(Path.Combine(Formats, "4_caches", "output_labels.txt")).Count, names.Count);
    }

    private static TheoryData<string> Files(string part, string pattern)
    {
        var folder = Path.Combine(Formats, part);
        var files = new TheoryData<string>();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            files.Add(Path.GetRelativePath(Formats, file));
        }

        if (files.Count == 0)
        {
            files.Add(Absent);
        }

        return files;
    }
}
