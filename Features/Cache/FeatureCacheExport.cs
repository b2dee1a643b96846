using System.Globalization;
using System.Text;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Files;

namespace MlTransfer.Features.Cache;

/// <summary>Writes a feature cache in forms that other programs read.</summary>
/// <remarks>A file appears under its name only when it is complete. Rows are in the order of <see cref="FeatureCache.Entries"/>. Thread-safe.</remarks>
public static class FeatureCacheExport
{
    /// <summary>Writes <c>path,label,f0,f1,…</c>: RFC 4180 quoting, LF line ends, UTF-8 without a mark, each number in the shortest form that reads back as the same float32.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="file">The file to write; replaced if it exists.</param>
    /// <param name="progress">Told how many rows are written, on the calling thread; null for silence.</param>
    /// <param name="cancellation">Ends the work between two rows; no file is left.</param>
    /// <exception cref="FeatureCacheException">A row is damaged, or the file cannot be written.</exception>
    public static void ToCsv(FeatureCache cache, string file, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        Write(file, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
            writer.Write("path,label");
            for (var i = 0; i < cache.Key.Dimension; i++)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $",f{i}"));
            }

            writer.WriteLine();
            var features = new float[cache.Key.Dimension];
            Span<char> text = stackalloc char[32];
            var written = 0L;
            foreach (var entry in cache.Entries)
            {
                cancellation.ThrowIfCancellationRequested();
                cache.ReadRow(entry.Row, features);
                writer.Write(Quoted(entry.Path));
                writer.Write(',');
                writer.Write(Quoted(entry.Label));
                foreach (var value in features)
                {
                    writer.Write(',');
                    value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
                    writer.Write(text[..length]);
                }

                writer.WriteLine();
                progress?.Report(++written);
            }
        });
    }

    /// <summary>Writes a NumPy archive: <c>features</c> (float32, images × dimension), <c>labels</c> and <c>paths</c> (text, <c>&lt;U</c>), <c>sha256</c> (text).</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="file">The file to write; replaced if it exists.</param>
    /// <param name="progress">Told how many rows are written, on the calling thread; null for silence.</param>
    /// <param name="cancellation">Ends the work between two rows; no file is left.</param>
    /// <exception cref="FeatureCacheException">A row is damaged, or the file cannot be written.</exception>
    public static void ToNpz(FeatureCache cache, string file, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        Write(file, stream =>
        {
            var entries = cache.Entries;
            using var archive = new NpzWriter(stream);
            using (var member = archive.Open("features", "<f4", entries.Count, cache.Key.Dimension))
            {
                var features = new float[cache.Key.Dimension];
                var written = 0L;
                foreach (var entry in entries)
                {
                    cancellation.ThrowIfCancellationRequested();
                    cache.ReadRow(entry.Row, features);
                    member.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(features));
                    progress?.Report(++written);
                }
            }

            archive.WriteText("labels", [.. entries.Select(entry => entry.Label)]);
            archive.WriteText("paths", [.. entries.Select(entry => entry.Path)]);
            archive.WriteText("sha256", [.. entries.Select(entry => entry.Hash.ToString())]);
        });
    }

    /// <summary>A field as RFC 4180 has it; one that begins with '#' is quoted too, since many readers take such a line for a comment.</summary>
    private static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 && field.Trim() == field && !field.StartsWith('#') ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void Write(string file, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        try
        {
            WholeFile.Write(file, write);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new FeatureCacheException($"{Path.GetFullPath(file)} cannot be written: {fault.Message}", fault);
        }
    }
}
