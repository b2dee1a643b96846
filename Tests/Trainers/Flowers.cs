using System.Runtime.InteropServices;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Goldens;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Tests;

/// <summary>Features of real photos, their labels, and which of them are the same file.</summary>
internal sealed record Flowers(string[] Classes, FeatureMatrix Features, int[] Labels, string[] Digests)
{
    /// <summary>Stands in where there is no set of photos.</summary>
    public const string Absent = "no features";

    /// <summary>The files of features that the index names and that are there.</summary>
    public static string[] Names() => GoldenFolder.Index("flowers", "expected.json") is { } index
        ? [.. index.GetProperty("cases").EnumerateArray().Select(item => item.GetProperty("features").GetString()!).Distinct().Where(name => File.Exists(GoldenFolder.At("flowers", name)))]
        : [];

    /// <summary>The same as cases of a test.</summary>
    public static TheoryData<string> Files() => [.. Names().DefaultIfEmpty(Absent)];

    /// <summary>Reads one.</summary>
    public static Flowers Read(string file)
    {
        Skip.If(file == Absent, "The golden folder has no features of flowers that flowers/expected.json names.");
        var classes = GoldenFolder.Index("flowers", "expected.json")!.Value.GetProperty("classes").EnumerateArray().Select(item => item.GetString()!).ToArray();
        var array = NpyReader.Read(GoldenFolder.At("flowers", file));
        var rows = File.ReadLines(GoldenFolder.At("flowers", "photos.csv")).Skip(1).Select(line => line.Split(',')).ToArray();
        return new Flowers(
            classes,
            new FeatureMatrix(MemoryMarshal.Cast<byte, float>(array.Data).ToArray(), array.Shape[0], array.Shape[1], [.. rows.Select(row => row[0])]),
            [.. rows.Select(row => Array.IndexOf(classes, row[1]))],
            [.. rows.Select(row => row[2])]);
    }

    /// <summary>A trainer for so many of the classes.</summary>
    public static SoftmaxRegressionTrainer Trainer(IReadOnlyList<string> classes) => new(new SoftmaxRegressionOptions { Labels = classes, Threads = 1 });

    /// <summary>Some rows, with labels renumbered where asked to.</summary>
    public TrainingRows Select(int[] rows, Func<int, int>? number = null) =>
        new() { Features = Features.Select(rows), Labels = Array.ConvertAll(rows, row => number is null ? Labels[row] : number(Labels[row])) };

    /// <summary>A description for heads that are not saved.</summary>
    public static HeadDescription Describe(IReadOnlyList<string> classes) =>
        new() { Labels = classes, BackboneId = "b", GraphSha256 = "0", Tensor = "t", Preprocessing = "p" };
}
