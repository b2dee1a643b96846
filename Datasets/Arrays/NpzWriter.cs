using System.Buffers.Binary;
using System.IO.Compression;

namespace MlTransfer.Datasets.Arrays;

/// <summary>Writes NumPy's .npz files as <c>numpy.savez</c> does: a zip of .npy members, stored without compression.</summary>
/// <remarks>One member at a time. Not thread-safe.</remarks>
public sealed class NpzWriter : IDisposable
{
    /// <summary>The earliest date a zip can state; a fixed one, so that the same arrays give the same bytes.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _archive;

    /// <summary>Begins an archive.</summary>
    /// <param name="stream">Where to; left open.</param>
    public NpzWriter(Stream stream) => _archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);

    /// <summary>Begins an array whose elements are then written to the stream returned.</summary>
    /// <param name="name">Its name, without ".npy".</param>
    /// <param name="descr">NumPy's type string.</param>
    /// <param name="shape">Its extents.</param>
    /// <returns>The stream for the elements: little-endian, C order, as many as the shape says. Dispose it before the next member.</returns>
    public Stream Open(string name, string descr, params ReadOnlySpan<long> shape)
    {
        var entry = _archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
        entry.LastWriteTime = Epoch;
        var stream = entry.Open();
        stream.Write(NpyWriter.Header(descr, shape));
        return stream;
    }

    /// <summary>Writes an array of numbers.</summary>
    /// <param name="name">Its name, without ".npy".</param>
    /// <param name="descr">NumPy's type string.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="data">The elements' bytes, little-endian, C order.</param>
    public void Write(string name, string descr, ReadOnlySpan<long> shape, ReadOnlySpan<byte> data)
    {
        using var member = Open(name, descr, shape);
        member.Write(data);
    }

    /// <summary>Writes a one-dimensional array of texts (<c>&lt;U…</c>: UTF-32, padded with zeros to the longest).</summary>
    /// <param name="name">Its name, without ".npy".</param>
    /// <param name="texts">The texts. NumPy drops zero characters at the end of a text.</param>
    public void WriteText(string name, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        // NumPy's own writer never makes elements of no characters.
        var longest = Math.Max(1, texts.Select(text => text.EnumerateRunes().Count()).DefaultIfEmpty().Max());
        using var member = Open(name, $"<U{longest}", texts.Count);
        var element = new byte[longest * 4];
        foreach (var text in texts)
        {
            Array.Clear(element);
            var offset = 0;
            foreach (var rune in text.EnumerateRunes())
            {
                BinaryPrimitives.WriteInt32LittleEndian(element.AsSpan(offset), rune.Value);
                offset += 4;
            }

            member.Write(element);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();
}
