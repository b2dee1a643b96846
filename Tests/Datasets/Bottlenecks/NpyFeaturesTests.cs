using System.Runtime.InteropServices;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Splits;
using MlTransfer.Datasets.Tests.Sources;

namespace MlTransfer.Datasets.Tests.Bottlenecks;

public sealed class NpyFeaturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_large_matrix_stays_on_the_disk_and_is_the_same_rows()
    {
        var path = Write("X_train.npy", "<f4", MemoryMarshal.AsBytes<float>([1, 2, 3, 4, 5, 6]), 3, 2);
        Write("y_train.npy", "<i8", MemoryMarshal.AsBytes<long>([1, 0, 1]), 3);
        var read = BottleneckSource.Read(path);
        var opened = BottleneckSource.Read(path, new BottleneckReadOptions { MapFromBytes = 0 });
        using var mapped = opened.Mapped;
        Assert.Null(read.Mapped);
        Assert.NotNull(mapped);
        Assert.Equal(read.Shape, opened.Shape);
        Assert.Equal([1L, 0, 1], opened.Labels!);
        Assert.Equal(read.Notices, opened.Notices);
        var named = opened.Named("X").As(Subset.Training).WithClassNames(["a", "b"]);
        Assert.Same(mapped, named.Mapped);
        Assert.Equal(("X#2", "b", Subset.Training), (named.Names![2], named.LabelOf(2), named.Subsets![2]!.Value));
        var row = new float[2];
        named.CopyRow(1, row);
        Assert.Equal([3f, 4f], row);
        Assert.Equal(read.Features, named.Features);
        Assert.Equal([1f, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], BottleneckSet.Join([read.Named("a"), opened.Named("b")]).Features);
    }

    [Fact]
    public void What_can_not_be_mapped_is_read()
    {
        var set = BottleneckSource.Read(Write("big.npy", ">f2", [0x3C, 0, 0x40, 0], 1, 2), new BottleneckReadOptions { MapFromBytes = 0 });
        Assert.Null(set.Mapped);
        Assert.Equal([1f, 2f], set.Features);
    }

    [Fact]
    public void A_number_on_the_disk_that_is_not_finite_is_named_when_it_is_read()
    {
        var set = BottleneckSource.Read(Write("nan.npy", "<f8", MemoryMarshal.AsBytes<double>([1, 2, 3, 1e300]), 2, 2), new BottleneckReadOptions { MapFromBytes = 0 });
        using var mapped = set.Mapped;
        set.CopyRow(0, new float[2]);
        Assert.Contains("row 1, column 1", Assert.Throws<InvalidDataException>(() => set.CopyRow(1, new float[2])).Message, StringComparison.Ordinal);
        Assert.Contains("row 1, column 1", Assert.Throws<InvalidDataException>(() => set.Features).Message, StringComparison.Ordinal);
    }

    private string Write(string name, string descr, ReadOnlySpan<byte> data, params ReadOnlySpan<long> shape)
    {
        var path = _folder.At(name);
        using var stream = File.Create(path);
        NpyWriter.Write(stream, descr, shape, data);
        return path;
    }
}
