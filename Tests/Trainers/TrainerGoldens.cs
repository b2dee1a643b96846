using System.Runtime.InteropServices;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Goldens;

namespace MlTransfer.Trainers.Tests;

/// <summary>The golden folder of trainers: its index files, cases by name, and the data set they are about.</summary>
internal static class TrainerGoldens
{
    /// <summary>Stands in for the cases when there are none, so that the test is skipped and not lost.</summary>
    public const string Absent = "no case";

    public static string At(string file) => GoldenFolder.At("golden", "formats", "6_trainers", file);

    public static JsonElement? Index(string file) => GoldenFolder.Index("golden", "formats", "6_trainers", file);

    public static TheoryData<string> Names(string file, string list, Func<JsonElement, bool> applies)
    {
        var names = new TheoryData<string>();
        if (Index(file) is { } index)
        {
            foreach (var item in index.GetProperty(list).EnumerateArray().Where(applies))
            {
                names.Add(item.GetProperty("name").GetString()!);
            }
        }

        if (names.Count == 0)
        {
            names.Add(Absent);
        }

        return names;
    }

    public static JsonElement Case(string file, string list, string name) =>
        Index(file)!.Value.GetProperty(list).EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);

    public static (FeatureMatrix Features, int[] Labels) Data(string file)
    {
        using var archive = new NpzReader(At(file));
        var features = archive.Read("features");
        var labels = archive.Read("labels").AsSpan<long>().ToArray();
        return (Matrix(features), Array.ConvertAll(labels, label => (int)label));
    }

    public static FeatureMatrix Matrix(NpyArray array) =>
        new(MemoryMarshal.Cast<byte, float>(array.Data).ToArray(), array.Shape[0], array.Shape[1]);

    public static string[] ClassNames(int classes) => [.. Enumerable.Range(0, classes).Select(number => $"class {number}")];
}
