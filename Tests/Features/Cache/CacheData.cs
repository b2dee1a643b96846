using System.Globalization;
using System.Text;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;

namespace MlTransfer.Features.Tests.Cache;

/// <summary>Images that do not exist, whose content and features follow from their number.</summary>
internal static class CacheData
{
    public static FeatureStoreKey Key(int dimension = 5) => new("test-net", new string('a', 63) + "1", "bottleneck:0", dimension, "bilinear-legacy/299/zero-one");

    public static ContentHash Hash(int image) => ContentHash.Of(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"image {image}")));

    public static float[] Row(int image, int dimension = 5) =>
        [.. Enumerable.Range(0, dimension).Select(i => BitConverter.Int32BitsToSingle(0x3f000000 + (int)(((uint)image * 2654435761u) >> 9) + i))];

    public static string Path(int image) => string.Create(CultureInfo.InvariantCulture, $"{Label(image)}/img{image}.jpg");

    public static string Label(int image) => image % 2 == 0 ? "even" : "odd";

    public static void Append(FeatureCache cache, int image) => cache.Append(Path(image), Label(image), Hash(image), Row(image, cache.Key.Dimension));

    /// <summary>The entries as path → image number, after checking that labels, hashes and every feature are that image's.</summary>
    public static SortedDictionary<string, int> Check(FeatureCache cache, int images)
    {
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var row = new float[cache.Key.Dimension];
        foreach (var entry in cache.Entries)
        {
            var image = Enumerable.Range(0, images).Single(candidate => Hash(candidate) == entry.Hash);
            cache.ReadRow(entry.Row, row);
            Assert.Equal(Row(image, cache.Key.Dimension), row);
            found.Add(entry.Path, image);
        }

        return found;
    }
}
