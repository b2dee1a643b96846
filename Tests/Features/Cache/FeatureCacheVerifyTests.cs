using MlTransfer.Features.Cache;
using static MlTransfer.Features.Tests.Cache.CacheData;

namespace MlTransfer.Features.Tests.Cache;

public sealed class FeatureCacheVerifyTests : IDisposable
{
    private const int Images = 6;

    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder.At("a.features");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("index.bin")]
    [InlineData("features.npy")]
    public void Any_flipped_bit_is_found_never_read_as_something_else_and_mended(string name)
    {
        Make(Folder);
        var file = System.IO.Path.Combine(Folder, name);
        var sound = File.ReadAllBytes(file);
        var whole = Entries(Folder);
        for (var position = 0; position < sound.Length; position++)
        {
            var damaged = (byte[])sound.Clone();
            damaged[position] ^= (byte)(1 << (position % 8));
            var path = _folder.At("flipped");
            TemporaryFolder.Copy(Folder, path);
            File.WriteAllBytes(System.IO.Path.Combine(path, name), damaged);

            var verification = FeatureCache.Verify(path);
            Assert.False(verification.IsSound, $"byte {position} of {name}");
            Assert.All(verification.Faults, fault => Assert.Equal(name, fault.File));
            try
            {
                Assert.Equal(whole, Entries(path));
            }
            catch (FeatureCacheException)
            {
                // Said, and not read.
            }

            var repair = FeatureCache.Repair(path);
            Assert.False(repair.Before.IsSound);
            var after = FeatureCache.Verify(path);
            Assert.True(after.IsSound, string.Join(" ", after.Faults.Select(fault => fault.Message)));
            var kept = Entries(path);
            Assert.All(kept, entry => Assert.Contains(entry, whole));
            Assert.Equal(whole.Keys.Except(kept.Keys).Order(), name == "features.npy" ? repair.Dropped.Order() : whole.Keys.Except(kept.Keys).Order());
            Assert.InRange(kept.Count, whole.Count - 2, whole.Count);
        }
    }

    [Fact]
    public void Checking_tells_how_far_it_is_and_can_be_ended()
    {
        using (var cache = FeatureCache.Open(Folder, Key()))
        {
            Append(cache, 1);
            Append(cache, 2);
            cache.Commit();
        }

        using var stop = new CancellationTokenSource();
        var told = new List<(long, long)>();
        Assert.True(FeatureCache.Verify(Folder, new Told<(long, long)>(told.Add), stop.Token).IsSound);
        Assert.Equal([(1, 2), (2, 2)], told);
        Assert.Throws<OperationCanceledException>(() => FeatureCache.Verify(Folder, new Told<(long, long)>(_ => stop.Cancel()), stop.Token));
    }

    [Fact]
    public void A_damaged_row_is_reported_with_its_images_and_computed_anew_after_repair()
    {
        Make(Folder);
        var file = System.IO.Path.Combine(Folder, "features.npy");
        var bytes = File.ReadAllBytes(file);
        bytes[128 + (2 * 5 * sizeof(float))] ^= 1;
        File.WriteAllBytes(file, bytes);

        var fault = Assert.Single(FeatureCache.Verify(Folder).Faults);
        Assert.Equal(2, fault.Row);
        Assert.Equal([CacheData.Path(2)], fault.Paths);
        using (var reader = FeatureCache.OpenRead(Folder))
        {
            Assert.Contains(CacheData.Path(2), Assert.Throws<FeatureCacheException>(() => reader.ReadAll()).Message, StringComparison.Ordinal);
        }

        Assert.Equal([CacheData.Path(2)], FeatureCache.Repair(Folder).Dropped);
        using (var cache = FeatureCache.Open(Folder, Key()))
        {
            Assert.False(cache.TryGetRow(Hash(2), out _));
            Append(cache, 2);
            cache.Commit();
            Assert.Equal(Images + 1, Check(cache, Images).Count);
        }

        Assert.True(FeatureCache.Verify(Folder).IsSound);
    }

    [Fact]
    public void Very_many_damaged_rows_are_dropped_in_time_in_proportion()
    {
        const int images = 40_000;
        using (var cache = FeatureCache.Open(Folder, Key()))
        {
            for (var image = 0; image < images; image++)
            {
                Append(cache, image);
            }

            cache.Commit();
        }

        var file = System.IO.Path.Combine(Folder, "features.npy");
        var bytes = File.ReadAllBytes(file);
        Array.Fill(bytes, (byte)7, 128, bytes.Length - 128);
        File.WriteAllBytes(file, bytes);
        Assert.Equal(images, FeatureCache.Repair(Folder).Dropped.Count);
        Assert.True(FeatureCache.Verify(Folder).IsSound);
        using var again = FeatureCache.Open(Folder, Key());
        Assert.Empty(again.Entries);
        Append(again, 5);
        again.Commit();
        Assert.Single(Check(again, 6));
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("index.bin")]
    [InlineData("features.npy")]
    public void A_missing_file_is_reported(string name)
    {
        Make(Folder);
        File.Delete(System.IO.Path.Combine(Folder, name));
        Assert.Contains(FeatureCache.Verify(Folder).Faults, fault => fault.File == name);
        Assert.Contains(name, Assert.Throws<FeatureCacheException>(() => FeatureCache.OpenRead(Folder)).Message, StringComparison.Ordinal);
        if (name == "index.bin")
        {
            Assert.Throws<FeatureCacheException>(() => FeatureCache.Open(Folder, Key()));
            return;
        }

        using var cache = FeatureCache.Open(Folder, Key());
        Assert.NotEmpty(cache.Notices);
        Assert.Equal(name == "manifest.json" ? Images + 1 : 0, Check(cache, Images).Count);
    }

    [Fact]
    public void Random_bytes_in_the_place_of_any_file_are_refused_without_harm()
    {
        var random = new Random(1);
        foreach (var name in new[] { "manifest.json", "index.bin", "features.npy" })
        {
            for (var i = 0; i < 30; i++)
            {
                var path = _folder.At($"{name}{i}");
                Make(path);
                var garbage = new byte[random.Next(4000)];
                random.NextBytes(garbage);
                File.WriteAllBytes(System.IO.Path.Combine(path, name), garbage);
                Assert.False(FeatureCache.Verify(path).IsSound);
                Assert.Throws<FeatureCacheException>(() => Entries(path));
            }
        }
    }

    [Fact]
    public void A_newer_format_is_named()
    {
        Make(Folder);
        var file = System.IO.Path.Combine(Folder, "manifest.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));
        Assert.Contains("version 2", Assert.Throws<FeatureCacheException>(() => FeatureCache.OpenRead(Folder)).Message, StringComparison.Ordinal);
    }

    private static void Make(string folder)
    {
        using var cache = FeatureCache.Open(folder, Key());
        for (var image = 0; image < Images; image++)
        {
            Append(cache, image);
            if (image % 2 == 1)
            {
                cache.Commit();
            }
        }

        cache.Assign("copy.jpg", "odd", Hash(1));
        cache.Commit();
    }

    private static SortedDictionary<string, int> Entries(string folder)
    {
        using var reader = FeatureCache.OpenRead(folder);
        return Check(reader, Images);
    }
}
