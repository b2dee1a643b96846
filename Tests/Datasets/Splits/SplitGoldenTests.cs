using System.Text.Json;
using MlTransfer.Datasets.Splits;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Splits;

/// <summary>The properties of golden/formats/6_trainers/splits.json, which scikit-learn's splits have.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/6_trainers")]
public sealed class SplitGoldenTests
{
    private static readonly string[] File = ["golden", "formats", "6_trainers", "splits.json"];

    public static TheoryData<double> TestSizes() => Cases(root => root.GetProperty("shuffle_split").EnumerateArray().Select(split => split.GetProperty("test_size").GetDouble()));

    public static TheoryData<int> Folds() =>
        Cases(root => root.GetProperty("kfold_test_counts").EnumerateObject().Select(folds => int.Parse(folds.Name, System.Globalization.CultureInfo.InvariantCulture)));

    [SkippableTheory]
    [MemberData(nameof(TestSizes))]
    public void Stratified_splits_have_the_counts_of_scikit_learn(double testSize)
    {
        var (root, labels, counts) = Read();
        var split = root.GetProperty("shuffle_split").EnumerateArray().Single(split => split.GetProperty("test_size").GetDouble() == testSize);
        var sizes = split.GetProperty("distinct_count_vectors").EnumerateArray().Select(vector => vector.GetProperty("test").EnumerateArray().Sum(count => count.GetInt32())).ToList();
        for (var seed = 0; seed < split.GetProperty("seeds").GetInt32(); seed++)
        {
            var assigned = StratifiedSplit.Assign(labels, testSize, 0, seed);
            var test = assigned.Rows(Subset.Test);
            Assert.Equal(labels.Length, test.Length + assigned.Rows(Subset.Training).Length);
            Assert.Equal(Math.Ceiling(labels.Length * testSize), test.Length);
            Assert.Contains(test.Length, sizes);
            for (var c = 0; c < counts.Length; c++)
            {
                Assert.True(Math.Abs(test.Count(row => labels[row] == $"class{c}") - (counts[c] * testSize)) < 1);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folds))]
    public void Folds_have_the_counts_of_scikit_learn(int folds)
    {
        var (root, labels, counts) = Read();
        var fold = StratifiedKFold.Assign(labels, folds, 3);
        var expected = root.GetProperty("kfold_test_counts").GetProperty($"{folds}").EnumerateArray().Select(counts => counts.EnumerateArray().Select(count => count.GetInt32()).ToArray()).ToList();
        var sizes = Enumerable.Range(0, folds).Select(k => fold.Count(f => f == k)).ToArray();
        Assert.Equal(expected.Select(vector => vector.Sum()).Order(), sizes.Order());
        for (var c = 0; c < counts.Length; c++)
        {
            var ofClass = Enumerable.Range(0, folds).Select(k => Enumerable.Range(0, labels.Length).Count(row => fold[row] == k && labels[row] == $"class{c}")).ToArray();
            Assert.InRange(ofClass.Max() - ofClass.Min(), 0, 1);
            Assert.Equal(expected.Select(vector => vector[c]).Order(), ofClass.Order());
        }
    }

    private static (JsonElement Root, string[] Labels, int[] Counts) Read()
    {
        var root = GoldenFolder.Index(File);
        Skip.If(root is null, $"{GoldenFolder.At(File)} does not exist.");
        var counts = root.Value.GetProperty("class_counts").EnumerateArray().Select(count => count.GetInt32()).ToArray();
        return (root.Value, [.. counts.SelectMany((count, c) => Enumerable.Repeat($"class{c}", count))], counts);
    }

    private static TheoryData<T> Cases<T>(Func<JsonElement, IEnumerable<T>> find)
    {
        var cases = new TheoryData<T>();
        foreach (var found in GoldenFolder.Index(File) is { } root ? find(root) : [default!])
        {
            cases.Add(found);
        }

        return cases;
    }
}
