using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Pickles;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Pickles;

/// <summary>Pickles written by Python 2.7, 3.7 and 3.11 with NumPy 1 and 2; hostile ones; legal ones that hold no features.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/2_pickles")]
public sealed class BottleneckPickleGoldenTests
{
    private const string Absent = "no file";

    private static string Folder => GoldenFolder.At("golden", "formats", "2_pickles");

    public static TheoryData<string> Readable() => Files(Directory.Exists(Folder) ? Directory.GetDirectories(Folder, "py*") : []);

    public static TheoryData<string> Hostile() => Files([Path.Combine(Folder, "hostile")]);

    public static TheoryData<string> WrongContent() => Files([Path.Combine(Folder, "wrong_content")]);

    [SkippableTheory]
    [MemberData(nameof(Readable))]
    public void Features_and_labels_are_those_that_were_pickled(string name)
    {
        Skip.If(name == Absent, $"{Folder} has no pickles.");
        var set = BottleneckPickle.Read(Path.Combine(Folder, name));
        using var expected = new NpzReader(Path.Combine(Folder, "expected.npz"));
        var cases = expected.Names.Where(key => key.EndsWith("__features", StringComparison.Ordinal)).Select(key => key[..^"__features".Length]).ToArray();
        Assert.NotEmpty(cases);
        var named = cases.Where(key => Path.GetFileName(name).StartsWith(key + "_", StringComparison.Ordinal)).MaxBy(key => key.Length);
        if (named is not null)
        {
            Assert.True(IsSame(expected, named, set), $"The values are not those of {named}.");
        }
        else
        {
            // A variant (labels in a list, a tuple, more keys) holds the values of one of the cases.
            Assert.Contains(cases, key => IsSame(expected, key, set));
        }
    }

    [SkippableFact]
    public void The_handmade_control_beside_the_hostile_files_is_read()
    {
        var path = Path.Combine(Folder, "control_handmade_p2.p");
        Skip.IfNot(File.Exists(path), $"{path} does not exist.");
        var set = BottleneckPickle.Read(path);
        Assert.Equal([2, 2], set.Shape);
        Assert.Equal([1f, 2f, 3f, 4f], set.Features);
        Assert.False(set.HasLabels);
    }

    [SkippableTheory]
    [MemberData(nameof(Hostile))]
    public void Hostile_files_are_refused_with_a_reason_and_nothing_runs(string name)
    {
        Skip.If(name == Absent, $"{Folder} has no hostile pickles.");
        AssertRefused(name);
        Assert.False(File.Exists("pwned"));
    }

    [SkippableTheory]
    [MemberData(nameof(WrongContent))]
    public void Legal_pickles_without_features_are_refused_with_a_reason(string name)
    {
        Skip.If(name == Absent, $"{Folder} has no pickles of other content.");
        AssertRefused(name);
    }

    private static void AssertRefused(string name)
    {
        var path = Path.Combine(Folder, name);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Assert.Throws<InvalidDataException>(() => BottleneckPickle.Read(path));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Message.Length > path.Length + 20, fault.Message);
        Assert.True(allocated < 1_000_000 + (200 * new FileInfo(path).Length), $"{allocated} bytes were allocated.");
    }

    private static bool IsSame(NpzReader expected, string key, BottleneckSet set)
    {
        var features = expected.Read(key + "__features");
        var labels = expected.Read(key + "__labels");
        return set.Shape.SequenceEqual(features.Shape)
            && set.Features.AsSpan().SequenceEqual(FeatureNumbers.ToFeatures(features))
            && set.Labels is { } numbers
            && numbers.SequenceEqual(FeatureNumbers.ToClasses(labels));
    }

    private static TheoryData<string> Files(IEnumerable<string> folders)
    {
        var files = new TheoryData<string>();
        foreach (var file in folders.Where(Directory.Exists).SelectMany(folder => Directory.GetFiles(folder, "*.p")).Order(StringComparer.Ordinal))
        {
            files.Add(Path.GetRelativePath(Folder, file));
        }

        if (files.Count == 0)
        {
            files.Add(Absent);
        }

        return files;
    }
}
