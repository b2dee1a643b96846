using System.Text;

namespace MlTransfer.Datasets.Sources;

/// <summary>The text of a list, decoded strictly.</summary>
internal static class CsvText
{
    /// <summary>A list longer than this is not one of image paths.</summary>
    private const long MaxBytes = 1L << 29;

    /// <summary>Reads a whole list; a byte order mark wins over <paramref name="encoding"/>.</summary>
    public static string Read(string fullPath, Encoding? encoding)
    {
        byte[] bytes;
        try
        {
            var length = new FileInfo(fullPath).Length;
            if (length > MaxBytes)
            {
                throw new DatasetException($"{fullPath} has {length} bytes; a list of images of at most {MaxBytes} bytes was expected.");
            }

            bytes = File.ReadAllBytes(fullPath);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new DatasetException($"{fullPath} cannot be read: {fault.Message}", fault);
        }

        var (marked, skip) = Mark(bytes);
        var used = marked ?? Strict(encoding ?? Encoding.UTF8);
        try
        {
            var text = used.GetString(bytes, skip, bytes.Length - skip);
            var zero = text.IndexOf('\0', StringComparison.Ordinal);
            return zero < 0
                ? text
                : throw new DatasetException($"{fullPath} holds a zero character at position {zero}: it is not a text file, or UTF-16 without a byte order mark; state its encoding.");
        }
        catch (DecoderFallbackException fault)
        {
            throw new DatasetException(
                $"{fullPath} is not valid {used.WebName.ToUpperInvariant()} at byte {skip + fault.Index}. State its encoding (for example latin1), or save it as UTF-8.", fault);
        }
    }

    private static Encoding Strict(Encoding encoding) =>
        Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static (Encoding? Encoding, int Skip) Mark(ReadOnlySpan<byte> bytes)
    {
        // UTF-32's little-endian mark begins with that of UTF-16, so it is tried first.
        foreach (var encoding in new[] { Encoding.UTF32, new UTF32Encoding(bigEndian: true, byteOrderMark: true), Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            if (bytes.StartsWith(encoding.Preamble))
            {
                return (Strict(encoding), encoding.Preamble.Length);
            }
        }

        return (null, 0);
    }
}
