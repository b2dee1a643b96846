using MlTransfer.Features.Cache;
using static MlTransfer.Features.Tests.Cache.CacheData;

namespace MlTransfer.Features.Tests.Cache;

/// <summary>The disk dies or fills up after every possible byte and flush; what was reported as saved must be there, and nothing else than whole commits.</summary>
public sealed class FeatureCacheCrashTests : IDisposable
{
    private const int Images = 8;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The steps of a run; after each the entries that a reader must see.</summary>
    private static readonly Action<FeatureCache>[] Commits =
    [
        cache =>
        {
            Append(cache, 0);
            Append(cache, 1);
            Append(cache, 2);
        },
        cache =>
        {
            Append(cache, 3);
            cache.Assign("copy.jpg", "odd", Hash(1));
            cache.Remove(CacheData.Path(2));
        },
        cache =>
        {
            cache.Append(CacheData.Path(0), "even", Hash(4), Row(4));
            Append(cache, 5);
        },
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Whatever_byte_the_process_dies_at_nothing_reported_is_lost()
    {
        var states = ExpectedStates();
        var all = Steps(FaultyFolder.Failure.Dead);
        for (var steps = 0L; steps < all; steps++)
        {
            var path = NewFolder(steps);
            var faulty = new FaultyFolder(path, steps, FaultyFolder.Failure.Dead);
            var reported = Run(faulty);
            Assert.True(faulty.Failed);
            faulty.CloseAll();
            Assert.True(reported < Commits.Length || steps > all - 100, "the run must not end before its last steps");

            // A reader finds whole commits, or a cache that was never finished being made.
            var seen = ReadWithoutWriting(path, reported);
            if (seen is not null)
            {
                Assert.Contains(states.Skip(reported).Take(2), state => state.SequenceEqual(seen));
                Assert.Empty(FeatureCache.Verify(path).Faults);
            }

            // A writer takes up there, and ends where an undisturbed run ends.
            using (var again = FeatureCache.Open(new FaultyFolder(path, long.MaxValue, FaultyFolder.Failure.Dead), Key()))
            {
                var taken = Check(again, Images);
                Assert.Contains(states.Skip(reported).Take(2), state => state.SequenceEqual(taken));
                foreach (var commit in Commits)
                {
                    commit(again);
                    again.Commit();
                }

                Assert.Equal(states[^1], Check(again, Images));
            }

            Assert.Empty(FeatureCache.Verify(path).Faults);
            Assert.DoesNotContain(FeatureCache.Verify(path).Notices, notice => notice.Contains("did not end", StringComparison.Ordinal));
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void A_full_disk_loses_nothing_and_the_run_goes_on_when_there_is_room()
    {
        var states = ExpectedStates();
        var all = Steps(FaultyFolder.Failure.Full);
        for (var steps = 0L; steps < all; steps++)
        {
            var path = NewFolder(steps);
            var disk = new FaultyFolder(path, steps, FaultyFolder.Failure.Full);
            FeatureCache? cache = null;
            var failures = 0;
            while (cache is null)
            {
                try
                {
                    cache = FeatureCache.Open(disk, Key());
                }
                catch (IOException)
                {
                    failures++;
                    disk.FreeSpace();
                }
            }

            using (cache)
            {
                for (var i = 0; i < Commits.Length; i++)
                {
                    try
                    {
                        Commits[i](cache);
                        cache.Commit();
                    }
                    catch (FeatureCacheException fault)
                    {
                        failures++;
                        Assert.Contains("No space left", fault.Message, StringComparison.Ordinal);
                        using (var reader = FeatureCache.OpenRead(path))
                        {
                            Assert.Equal(states[i], Check(reader, Images));
                        }

                        disk.FreeSpace();
                        Commits[i](cache);
                        cache.Commit();
                    }

                    using var after = FeatureCache.OpenRead(path);
                    Assert.Equal(states[i + 1], Check(after, Images));
                }
            }

            Assert.Equal(1, failures);
            Assert.Empty(FeatureCache.Verify(path).Faults);
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void After_a_failed_flush_what_was_reported_is_there_when_opened_again()
    {
        var states = ExpectedStates();
        var failed = 0;
        for (var flushes = 0; flushes < 30; flushes++)
        {
            var path = NewFolder(flushes);
            var disk = new FaultyFolder(path, flushes, FaultyFolder.Failure.FlushFails);
            var reported = Run(disk);
            if (!disk.Failed)
            {
                break;
            }

            failed++;
            disk.CloseAll();
            using var again = FeatureCache.Open(new FaultyFolder(path, long.MaxValue, FaultyFolder.Failure.Dead), Key());
            var taken = Check(again, Images);
            Assert.Contains(states.Skip(reported).Take(2), state => state.SequenceEqual(taken));
        }

        Assert.InRange(failed, 6, 29);
    }

    [Fact]
    public void A_cache_whose_flush_failed_says_so_to_every_later_call()
    {
        var path = NewFolder(0);
        FeatureCache.Open(path, Key()).Dispose();
        using var cache = FeatureCache.Open(new FaultyFolder(path, 0, FaultyFolder.Failure.FlushFails), Key());
        Append(cache, 0);
        Assert.Contains("Input/output error", Assert.Throws<FeatureCacheException>(() => cache.Commit()).Message, StringComparison.Ordinal);
        Assert.Contains("open it again", Assert.Throws<FeatureCacheException>(() => cache.Commit()).Message, StringComparison.Ordinal);
        Assert.Throws<FeatureCacheException>(() => Append(cache, 1));
    }

    [Fact]
    public void A_file_cut_at_any_length_is_noticed_and_mended()
    {
        var states = ExpectedStates();
        var whole = NewFolder(-1);
        Run(new FaultyFolder(whole, long.MaxValue, FaultyFolder.Failure.Dead));
        foreach (var name in new[] { "index.bin", "features.npy" })
        {
            var full = new FileInfo(System.IO.Path.Combine(whole, name)).Length;
            for (var length = 0L; length < full; length++)
            {
                var path = _folder.At("cut");
                TemporaryFolder.Copy(whole, path);
                using (var file = File.OpenWrite(System.IO.Path.Combine(path, name)))
                {
                    file.SetLength(length);
                }

                Assert.False(FeatureCache.Verify(path).IsSound);
                if (name == "index.bin" || length < full - 1)
                {
                    Assert.ThrowsAny<Exception>(() =>
                    {
                        using var reader = FeatureCache.OpenRead(path);
                        reader.ReadAll();
                    });
                }

                using (var cache = FeatureCache.Open(new FaultyFolder(path, long.MaxValue, FaultyFolder.Failure.Dead), Key()))
                {
                    Assert.NotEmpty(cache.Notices);
                    Check(cache, Images);
                    cache.Retain(new HashSet<string>());
                    foreach (var commit in Commits)
                    {
                        commit(cache);
                    }

                    cache.Commit();
                    Assert.Equal(states[^1], Check(cache, Images));
                }

                Assert.Empty(FeatureCache.Verify(path).Faults);
            }
        }
    }

    private static List<SortedDictionary<string, int>> ExpectedStates()
    {
        var states = new List<SortedDictionary<string, int>> { new(StringComparer.Ordinal) };
        void Add(params (string Path, int Image)[] entries) => states.Add(new SortedDictionary<string, int>(entries.ToDictionary(entry => entry.Path, entry => entry.Image), StringComparer.Ordinal));
        Add((CacheData.Path(0), 0), (CacheData.Path(1), 1), (CacheData.Path(2), 2));
        Add((CacheData.Path(0), 0), (CacheData.Path(1), 1), (CacheData.Path(3), 3), ("copy.jpg", 1));
        Add((CacheData.Path(0), 4), (CacheData.Path(1), 1), (CacheData.Path(3), 3), (CacheData.Path(5), 5), ("copy.jpg", 1));
        return states;
    }

    /// <summary>Runs all commits until one fails; returns how many were reported as saved.</summary>
    private static int Run(FaultyFolder folder)
    {
        var reported = 0;
        try
        {
            using var cache = FeatureCache.Open(folder, Key());
            foreach (var commit in Commits)
            {
                commit(cache);
                cache.Commit();
                reported++;
            }
        }
        catch (Exception fault) when (fault is IOException or FeatureCacheException)
        {
            return reported;
        }

        return reported;
    }

    private static SortedDictionary<string, int>? ReadWithoutWriting(string path, int reported)
    {
        try
        {
            using var reader = FeatureCache.OpenRead(path);
            return Check(reader, Images);
        }
        catch (FeatureCacheException fault) when (reported == 0 && fault.Message.Contains("missing", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private long Steps(FaultyFolder.Failure failure)
    {
        var folder = new FaultyFolder(NewFolder(-2), long.MaxValue, failure);
        Assert.Equal(Commits.Length, Run(folder));
        return folder.Taken;
    }

    private string NewFolder(long number)
    {
        var path = _folder.At($"cache{number}");
        Directory.CreateDirectory(path);
        return path;
    }
}
