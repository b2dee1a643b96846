using System.Runtime.InteropServices;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Splits;
using MlTransfer.Datasets.Tests.Sources;

namespace MlTransfer.Datasets.Tests.Bottlenecks;

public sealed class NpzFeaturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("features", "labels")]
    [InlineData("X", "y")]
    [InlineData("arr_0", "arr_1")]
    [InlineData("Bottlenecks", "Targets")]
    public void Features_and_labels_go_by_the_names_in_use(string features, string labels)
    {
        var set = Read(archive =>
        {
            Add<float>(archive, features, "<f4", [1, 2, 3, 4], 2, 2);
            Add<long>(archive, labels, "<i8", [1, 0], 2);
        });
        Assert.Equal([1f, 2f, 3f, 4f], set.Features);
        Assert.Equal([1L, 0L], set.Labels!);
    }

    [Fact]
    public void Arrays_for_each_use_become_one_set_with_its_split()
    {
        var set = Read(archive =>
        {
            Add<float>(archive, "x_train", "<f4", [1, 2, 3, 4], 2, 2);
            Add<long>(archive, "y_train", "<i8", [1, 0], 2);
            Add<float>(archive, "x_test", "<f4", [5, 6], 1, 2);
            Add<long>(archive, "y_test", "<i8", [1], 1);
        });
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], set.Features);
        Assert.Equal([1L, 0L, 1L], set.Labels!);
        Assert.Equal([Subset.Training, Subset.Training, Subset.Test], set.Subsets!);
    }

    [Fact]
    public void One_hot_rows_are_class_numbers_and_other_rows_are_refused()
    {
        Assert.Equal([2L, 0L], Read(archive =>
        {
            Add<float>(archive, "x", "<f4", [1, 2], 2, 1);
            Add<double>(archive, "y", "<f8", [0, 0, 1, 1, 0, 0], 2, 3);
        }).Labels!);
        var fault = Assert.Throws<InvalidDataException>(() => Read(archive =>
        {
            Add<float>(archive, "x", "<f4", [1, 2], 2, 1);
            Add<double>(archive, "y", "<f8", [0, 0, 1, 1, 0, 1], 2, 3);
        }));
        Assert.Contains("row 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_without_features_lists_what_it_has()
    {
        var fault = Assert.Throws<InvalidDataException>(() => Read(archive => Add<float>(archive, "weights", "<f4", [1, 2], 2, 1)));
        Assert.Contains("weights", fault.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder.At("a.npz"), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_of_an_array_are_found_beside_it()
    {
        using (var stream = File.Create(_folder.At("X_train.npy")))
        {
            NpyWriter.Write(stream, "<f4", [2, 2], MemoryMarshal.AsBytes<float>([1, 2, 3, 4]));
        }

        Assert.False(BottleneckSource.Read(_folder.At("X_train.npy")).HasLabels);
        File.WriteAllText(_folder.At("y_train.txt"), "a\nb\n");
        var set = BottleneckSource.Read(_folder.At("X_train.npy"));
        Assert.Equal(["a", "b"], set.LabelTexts!);
        Assert.Contains("y_train.txt", Assert.Single(set.Notices), StringComparison.Ordinal);
        Assert.Contains(_folder.At("y_train.txt"), BottleneckSource.FilesOf(_folder.At("X_train.npy")));
        File.WriteAllText(_folder.At("y_train.txt"), "a\nb\nc\n");
        Assert.Contains("3 labels for 2 rows", Assert.Throws<InvalidDataException>(() => BottleneckSource.Read(_folder.At("X_train.npy"))).Message, StringComparison.Ordinal);
    }

    private static void Add<T>(NpzWriter archive, string name, string descr, T[] values, params long[] shape)
        where T : unmanaged => archive.Write(name, descr, shape, MemoryMarshal.AsBytes<T>(values));

    private BottleneckSet Read(Action<NpzWriter> write)
    {
        using (var stream = File.Create(_folder.At("a.npz")))
        {
            using var archive = new NpzWriter(stream);
            write(archive);
        }

        return BottleneckSource.Read(_folder.At("a.npz"));
    }
}
