using MlTransfer.Datasets.Pickles;
using MlTransfer.Features.Cache;
using MlTransfer.Goldens;

namespace MlTransfer.Pipeline.Tests;

/// <summary>Features of others as a cache; read from what ships with the tests.</summary>
public sealed class CacheImportTests
{
    [Fact]
    public void A_pickle_a_pair_of_files_and_a_folder_become_caches_with_the_same_rows()
    {
        var formats = Path.Combine(GoldenFolder.Bundled, "golden", "formats");
        var pickle = Directory.GetFiles(Path.Combine(formats, "2_pickles"), "nd_i64*.p", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var folder = Directory.CreateTempSubdirectory("mltransfer-import-");
        try
        {
            var number = 0;
            foreach (var source in new[] { pickle, Path.Combine(formats, "4_caches", "mlnet", "train_features.bin"), Path.Combine(formats, "4_caches", "retrain_bottlenecks") })
            {
                var target = Path.Combine(folder.FullName, $"{number++}");
                var run = CommandRun.Of("cache", "import", source, "--cache", target, "--json");
                Assert.True(run.Code == 0, run.Error);
                using var cache = FeatureCache.OpenRead(target);
                Assert.Equal(run.Json.GetProperty("rows").GetInt32(), cache.Entries.Count);
                Assert.StartsWith("imported:", cache.Key.BackboneId, StringComparison.Ordinal);
                Assert.True(FeatureCache.Verify(target).IsSound);
            }

            var set = BottleneckPickle.Read(pickle);
            using var first = FeatureCache.OpenRead(Path.Combine(folder.FullName, "0"));
            Assert.Equal(set.Features, first.ReadAll());
            Assert.Equal(set.Labels!.Select(label => $"{label}"), first.Entries.Select(entry => entry.Label));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_hostile_pickle_is_refused_and_leaves_no_cache()
    {
        var hostile = Path.Combine(GoldenFolder.Bundled, "golden", "formats", "2_pickles", "hostile", "os_system_p2.p");
        var target = Path.Combine(Path.GetTempPath(), $"mltransfer-import-{Guid.NewGuid():N}");
        var run = CommandRun.Of("cache", "import", hostile, "--cache", target);
        Assert.Equal(1, run.Code);
        Assert.Contains("posix.system", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(target));
    }
}
