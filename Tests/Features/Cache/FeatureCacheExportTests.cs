using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Features.Cache;
using static MlTransfer.Features.Tests.Cache.CacheData;

namespace MlTransfer.Features.Tests.Cache;

public sealed class FeatureCacheExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Csv_has_quoted_names_and_numbers_that_read_back_the_same()
    {
        using var cache = Make();
        var file = _folder.At("out.csv");
        FeatureCacheExport.ToCsv(cache, file);
        var lines = File.ReadAllText(file).Split('\n');
        Assert.Equal("path,label,f0,f1,f2,f3,f4", lines[0]);
        Assert.Equal("", lines[^1]);
        Assert.Equal(cache.Entries.Count + 2, lines.Length);
        Assert.StartsWith("\"a, \"\"b\"\".jpg\",\"x,y\",", lines[1], StringComparison.Ordinal);
        Assert.Equal(Row(1), lines[1].Split(',')[^5..].Select(field => float.Parse(field, CultureInfo.InvariantCulture)));
        Assert.Equal("0.1,-1E-45,3.4028235E+38,-0,1.5", string.Join(',', lines[2].Split(',')[^5..]));
        Assert.False(File.Exists(file + ".part"));
    }

    [Fact]
    public void Npz_has_features_and_texts()
    {
        using var cache = Make();
        var file = _folder.At("out.npz");
        FeatureCacheExport.ToNpz(cache, file);
        using var archive = new NpzReader(file);
        Assert.Equal(["features", "labels", "paths", "sha256"], archive.Names);
        var features = archive.Read("features");
        Assert.Equal([2, 5], features.Shape);
        Assert.Equal(cache.ReadAll(), features.AsSpan<float>().ToArray());

        // The texts as NumPy sees them: UTF-32, padded to the longest.
        Assert.Equal(["x,y", "größe 🌻"], Texts(file, "labels"));
        Assert.Equal(cache.Entries.Select(entry => entry.Path), Texts(file, "paths"));
        Assert.Equal(cache.Entries.Select(entry => entry.Hash.ToString()), Texts(file, "sha256"));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("npz")]
    public void Progress_counts_rows_and_cancelling_leaves_no_file(string format)
    {
        using var cache = Make();
        using var stop = new CancellationTokenSource();
        var file = _folder.At("out." + format);
        void Export(Action<long> report) => (format == "csv" ? (Action<FeatureCache, string, IProgress<long>, CancellationToken>)FeatureCacheExport.ToCsv : FeatureCacheExport.ToNpz)(
            cache, file, new Told<long>(report), stop.Token);

        var counts = new List<long>();
        Export(counts.Add);
        Assert.Equal([1, 2], counts);
        File.Delete(file);
        Assert.Throws<OperationCanceledException>(() => Export(_ => stop.Cancel()));
        Assert.Equal(["a.features"], Directory.EnumerateFileSystemEntries(_folder.FullPath).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void A_damaged_row_leaves_no_file()
    {
        Make().Dispose();
        var matrix = _folder.At("a.features/features.npy");
        var bytes = File.ReadAllBytes(matrix);
        bytes[^1] ^= 64;
        File.WriteAllBytes(matrix, bytes);
        using var cache = FeatureCache.OpenRead(_folder.At("a.features"));
        Assert.Throws<FeatureCacheException>(() => FeatureCacheExport.ToCsv(cache, _folder.At("out.csv")));
        Assert.Throws<FeatureCacheException>(() => FeatureCacheExport.ToNpz(cache, _folder.At("out.npz")));
        Assert.Equal(["a.features"], Directory.EnumerateFileSystemEntries(_folder.FullPath).Select(System.IO.Path.GetFileName));
    }

    private FeatureCache Make()
    {
        var cache = FeatureCache.Open(_folder.At("a.features"), Key());
        cache.Append("b.jpg", "größe 🌻", Hash(2), [0.1f, -float.Epsilon, float.MaxValue, -0f, 1.5f]);
        cache.Append("a, \"b\".jpg", "x,y", Hash(1), Row(1));
        cache.Commit();
        return cache;
    }

    private static List<string> Texts(string file, string name)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(file);
        using var stream = zip.GetEntry(name + ".npy")!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.ToArray();
        var headerLength = 10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        var header = Encoding.ASCII.GetString(bytes, 10, headerLength - 10);
        var from = header.IndexOf("<U", StringComparison.Ordinal) + 2;
        var width = 4 * int.Parse(header[from..header.IndexOf('\'', from)], CultureInfo.InvariantCulture);
        return [.. bytes.Skip(headerLength).Chunk(width).Select(chunk => Encoding.UTF32.GetString(chunk).TrimEnd('\0'))];
    }
}
