using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;

namespace MlTransfer.Features.Tests.Cache;

public sealed class FeatureCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder.At("a.features");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Committed_rows_are_read_back_and_the_matrix_is_a_plain_npy()
    {
        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            for (var image = 0; image < 20; image++)
            {
                CacheData.Append(cache, image);
            }

            Assert.Equal(20, cache.Commit());
            Assert.Equal(20, CacheData.Check(cache, 20).Count);
        }

        using var reader = FeatureCache.OpenRead(Folder);
        Assert.Equal(20, CacheData.Check(reader, 20).Count);
        Assert.Equal(CacheData.Key(), reader.Key);
        Assert.Empty(reader.Notices);
        Assert.True(FeatureCache.Verify(Folder).IsSound);

        var matrix = NpyReader.Read(Path.Combine(Folder, "features.npy"));
        Assert.Equal("<f4", matrix.Descr);
        Assert.Equal([20, 5], matrix.Shape);
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(image => CacheData.Row(image)), matrix.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Entries_come_in_natural_order_whatever_the_order_of_appending()
    {
        using var cache = FeatureCache.Open(Folder, CacheData.Key());
        foreach (var image in new[] { 10, 2, 1, 11, 0 })
        {
            CacheData.Append(cache, image);
        }

        Assert.Equal(["even/img0.jpg", "even/img2.jpg", "even/img10.jpg", "odd/img1.jpg", "odd/img11.jpg"], cache.Entries.Select(entry => entry.Path));
        Assert.Equal(new[] { 0, 2, 10, 1, 11 }.SelectMany(image => CacheData.Row(image)), cache.ReadAll());
    }

    [Fact]
    public void A_renamed_image_finds_its_row_and_a_changed_one_does_not()
    {
        using var cache = FeatureCache.Open(Folder, CacheData.Key());
        CacheData.Append(cache, 1);
        CacheData.Append(cache, 2);
        cache.Commit();

        Assert.True(cache.TryGetRow(CacheData.Hash(1), out var row));
        cache.Assign("elsewhere/new name.jpg", "odd", CacheData.Hash(1));
        Assert.True(cache.Remove(CacheData.Path(1)));
        Assert.False(cache.Remove(CacheData.Path(1)));
        Assert.Equal(row, cache.Entries.Single(entry => entry.Path == "elsewhere/new name.jpg").Row);

        Assert.False(cache.TryGetRow(CacheData.Hash(3), out _));
        cache.Append(CacheData.Path(2), "even", CacheData.Hash(3), CacheData.Row(3));
        cache.Commit();
        cache.Dispose();

        using var reader = FeatureCache.OpenRead(Folder);
        Assert.Equal(new SortedDictionary<string, int>(StringComparer.Ordinal) { ["elsewhere/new name.jpg"] = 1, [CacheData.Path(2)] = 3 }, CacheData.Check(reader, 5));
        Assert.Equal(3, reader.RowCount);
    }

    [Fact]
    public void Copies_share_a_row_and_a_second_append_of_a_content_adds_none()
    {
        using var cache = FeatureCache.Open(Folder, CacheData.Key());
        CacheData.Append(cache, 1);
        cache.Append("copy.jpg", "other", CacheData.Hash(1), CacheData.Row(1));
        cache.Commit();
        Assert.Equal(1, cache.RowCount);
        Assert.Equal(2, cache.Entries.Count);
        Assert.Equal("other", cache.Entries.Single(entry => entry.Path == "copy.jpg").Label);
    }

    [Fact]
    public void Retain_removes_what_is_gone_and_keeps_the_row_for_its_return()
    {
        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            CacheData.Append(cache, 1);
            CacheData.Append(cache, 2);
            cache.Commit();
            Assert.Equal([CacheData.Path(1)], cache.Retain(new HashSet<string> { CacheData.Path(2), "not there.jpg" }));
            cache.Commit();
        }

        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            Assert.Equal([CacheData.Path(2)], cache.Entries.Select(entry => entry.Path));
            Assert.True(cache.TryGetRow(CacheData.Hash(1), out _));
            cache.Assign(CacheData.Path(1), "odd", CacheData.Hash(1));
            Assert.Equal(2, CacheData.Check(cache, 3).Count);
        }
    }

    [Fact]
    public void Doing_the_same_again_writes_nothing()
    {
        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            CacheData.Append(cache, 1);
            cache.Commit();
        }

        var before = Directory.EnumerateFiles(Folder).ToDictionary(file => file, File.ReadAllBytes);
        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            cache.Assign(CacheData.Path(1), CacheData.Label(1), CacheData.Hash(1));
            cache.Commit();
        }

        Assert.Equal(before, Directory.EnumerateFiles(Folder).ToDictionary(file => file, File.ReadAllBytes));
    }

    [Fact]
    public void What_is_not_committed_is_gone()
    {
        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            CacheData.Append(cache, 1);
            cache.Commit();
            CacheData.Append(cache, 2);
        }

        using var reader = FeatureCache.OpenRead(Folder);
        Assert.Single(CacheData.Check(reader, 3));
        Assert.True(FeatureCache.Verify(Folder).IsSound);
    }

    public static TheoryData<string, FeatureStoreKey> OtherKeys() => new()
    {
        { "graph", CacheData.Key() with { GraphSha256 = new string('b', 64) } },
        { "tensor", CacheData.Key() with { Tensor = "mixed8" } },
        { "dimension", CacheData.Key() with { Dimension = 6 } },
        { "preprocessing", CacheData.Key() with { Preprocessing = "bilinear-half-pixel/299/zero-one" } },
    };

    [Theory]
    [MemberData(nameof(OtherKeys))]
    public void Another_key_is_refused_and_both_are_named(string what, FeatureStoreKey other)
    {
        Assert.NotEmpty(what);
        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            CacheData.Append(cache, 1);
            cache.Commit();
        }

        var fault = Assert.Throws<FeatureCacheException>(() => FeatureCache.Open(Folder, other));
        Assert.Contains(CacheData.Key().ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Contains(other.ToString(), fault.Message, StringComparison.Ordinal);
        using var again = FeatureCache.Open(Folder, CacheData.Key());
        Assert.Single(again.Entries);
    }

    [Fact]
    public void Another_name_of_the_same_graph_is_the_same_store()
    {
        FeatureCache.Open(Folder, CacheData.Key()).Dispose();
        using var cache = FeatureCache.Open(Folder, CacheData.Key() with { BackboneId = "by path", GraphSha256 = CacheData.Key().GraphSha256.ToUpperInvariant() });
        Assert.Equal("test-net", cache.Key.BackboneId);
    }

    [Fact]
    public void A_second_writer_is_refused_and_readers_are_not()
    {
        using var cache = FeatureCache.Open(Folder, CacheData.Key());
        CacheData.Append(cache, 1);
        cache.Commit();
        var fault = Assert.Throws<FeatureCacheException>(() => FeatureCache.Open(Folder, CacheData.Key()));
        Assert.Contains($"process {Environment.ProcessId}", fault.Message, StringComparison.Ordinal);
        using var reader = FeatureCache.OpenRead(Folder);
        CacheData.Append(cache, 2);
        cache.Commit();
        Assert.Single(CacheData.Check(reader, 3));
        Assert.Throws<InvalidOperationException>(() => reader.Remove(CacheData.Path(1)));
    }

    [SkippableFact]
    public void A_folder_that_can_not_be_written_to_is_not_said_to_have_a_writer()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        Directory.CreateDirectory(Folder);
        File.CreateSymbolicLink(Path.Combine(Folder, "writer.lock"), "/no such folder/lock");
        var fault = Assert.Throws<FeatureCacheException>(() => FeatureCache.Open(Folder, CacheData.Key()));
        Assert.Contains("cannot be written to", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readers_see_whole_commits_while_a_writer_appends()
    {
        const int commits = 60, perCommit = 5;
        using var cache = FeatureCache.Open(Folder, CacheData.Key());
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var opened = 0;
            do
            {
                using var reader = FeatureCache.OpenRead(Folder);
                Assert.Equal(0, CacheData.Check(reader, commits * perCommit).Count % perCommit);
                Assert.Empty(FeatureCache.Verify(Folder).Faults);
                opened++;
            }
            while (!stop.IsCancellationRequested);
            return opened;
        })).ToArray();
        for (var commit = 0; commit < commits; commit++)
        {
            for (var image = 0; image < perCommit; image++)
            {
                CacheData.Append(cache, (commit * perCommit) + image);
            }

            cache.Commit();
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), opened => Assert.True(opened > 0));
        Assert.Equal(commits * perCommit, CacheData.Check(cache, commits * perCommit).Count);
    }

    [Fact]
    public void Many_threads_may_append()
    {
        using var cache = FeatureCache.Open(Folder, CacheData.Key());
        Parallel.For(0, 200, image =>
        {
            CacheData.Append(cache, image);
            if (image % 20 == 0)
            {
                cache.Commit();
            }
        });
        cache.Commit();
        Assert.Equal(200, CacheData.Check(cache, 200).Count);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Rows_of_another_length_are_refused(int count)
    {
        using var cache = FeatureCache.Open(Folder, CacheData.Key());
        Assert.Throws<ArgumentException>(() => cache.Append("a.jpg", "x", CacheData.Hash(1), new float[count]));
        Assert.Equal(0, cache.RowCount);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Features_that_are_no_numbers_are_refused(float value)
    {
        using var cache = FeatureCache.Open(Folder, CacheData.Key());
        var fault = Assert.Throws<ArgumentException>(() => cache.Append("a.jpg", "x", CacheData.Hash(1), [1, 2, value, 4, 5]));
        Assert.Contains("a.jpg", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_other_things_is_left_alone()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "photo.jpg"), "not ours");
        Assert.Contains("other files", Assert.Throws<FeatureCacheException>(() => FeatureCache.Open(Folder, CacheData.Key())).Message, StringComparison.Ordinal);
        Assert.Equal(["photo.jpg"], Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName));
        Assert.Contains("manifest.json is missing", Assert.Throws<FeatureCacheException>(() => FeatureCache.OpenRead(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named_with_the_one_that_is()
    {
        var fault = Assert.Throws<FeatureCacheException>(() => FeatureCache.OpenRead(Path.Combine(Folder, "x", "y")));
        Assert.Contains($"{_folder.FullPath} exists", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Odd_names_survive_and_invalid_ones_are_refused()
    {
        string[] names = ["a b/ü,\"x\".jpg", "line\nbreak.jpg", "🌻/1.jpg", new string('x', 30_000)];
        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            for (var i = 0; i < names.Length; i++)
            {
                cache.Append(names[i], "läbel", CacheData.Hash(i), CacheData.Row(i));
            }

            cache.Commit();
            Assert.Throws<FeatureCacheException>(() => cache.Append("bad\ud800.jpg", "x", CacheData.Hash(9), CacheData.Row(9)));
            Assert.Throws<FeatureCacheException>(() => cache.Append(new string('y', 40_000), "x", CacheData.Hash(9), CacheData.Row(9)));
        }

        using var reader = FeatureCache.OpenRead(Folder);
        Assert.Equal(names.Order(PathOrder.Natural), reader.Entries.Select(entry => entry.Path));
    }

    [Fact]
    public void Many_rows_take_time_in_proportion()
    {
        const int images = 30_000;
        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            for (var image = 0; image < images; image++)
            {
                CacheData.Append(cache, image);
                if (image % 1000 == 999)
                {
                    cache.Commit();
                }
            }

            cache.Commit();
        }

        using (var cache = FeatureCache.Open(Folder, CacheData.Key()))
        {
            Assert.Equal(images, cache.Entries.Count);
            Assert.Equal(images / 2, cache.Retain(Enumerable.Range(0, images / 2).Select(CacheData.Path).ToHashSet()).Count);
            cache.Commit();
        }

        var verification = FeatureCache.Verify(Folder);
        Assert.True(verification.IsSound);
        Assert.Equal(images, verification.RowsChecked);
        Assert.Equal(images / 2, verification.Entries);
    }
}
