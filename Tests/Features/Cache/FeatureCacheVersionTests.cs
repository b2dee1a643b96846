using MlTransfer.Features.Cache;
using MlTransfer.Goldens;
using static MlTransfer.Features.Tests.Cache.CacheData;

namespace MlTransfer.Features.Tests.Cache;

/// <summary>Caches that earlier versions wrote are read for ever: each format version has a cache in Tests/Features/Cache/Fixtures that is never written again.</summary>
public sealed class FeatureCacheVersionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Version_1_is_read_and_added_to()
    {
        var copy = _folder.At("v1.features");
        TemporaryFolder.Copy(System.IO.Path.Combine(GoldenFolder.Repository, "Tests", "Features", "Cache", "Fixtures", "v1.features"), copy);
        Assert.Empty(FeatureCache.Verify(copy).Faults);
        var expected = new SortedDictionary<string, int>(StringComparer.Ordinal)
        {
            ["even/img0.jpg"] = 0, ["odd/img1.jpg"] = 1, ["odd/img3.jpg"] = 3, ["kopie ü.jpg"] = 1, ["even/img4.jpg"] = 5,
        };
        using (var reader = FeatureCache.OpenRead(copy))
        {
            Assert.Equal(Key(), reader.Key);
            Assert.Equal("MlTransfer 0.1.0", reader.CreatedBy);
            Assert.Equal(expected, Check(reader, 7));
            Assert.Equal(6, reader.RowCount);
            Assert.Equal("grün", reader.Entries.Single(entry => entry.Path == "kopie ü.jpg").Label);
        }

        using var cache = FeatureCache.Open(copy, Key());
        Assert.Empty(cache.Notices);
        Append(cache, 6);
        cache.Commit();
        Assert.Equal(6, Check(cache, 7).Count);
    }
}
