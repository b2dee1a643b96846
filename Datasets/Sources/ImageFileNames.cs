using System.Collections.Frozen;
using MlTransfer.Datasets.Files;

namespace MlTransfer.Datasets.Sources;

/// <summary>Which files are taken for pictures before they are opened. What a file really holds is told later, by its content.</summary>
internal static class ImageFileNames
{
    private static readonly FrozenSet<string> Extensions =
        new[] { ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".dib" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the name ends like a picture's.</summary>
    public static bool HasImageExtension(string name) => Extensions.Contains(Path.GetExtension(name));

    /// <summary>Whether a file without an extension begins like a JPEG, PNG, GIF or BMP file.</summary>
    public static bool BeginsLikeImage(string fullPath)
    {
        // A pipe or a device has no length, and opening it could wait for ever.
        if (RegularFile.Length(fullPath) == 0)
        {
            return false;
        }

        Span<byte> start = stackalloc byte[8];
        using var handle = File.OpenHandle(fullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        start = start[..RandomAccess.Read(handle, start, 0)];
        ReadOnlySpan<byte> jpeg = [0xFF, 0xD8, 0xFF];
        ReadOnlySpan<byte> png = [0x89, (byte)'P', (byte)'N', (byte)'G'];
        return start.StartsWith(jpeg) || start.StartsWith(png) || start.StartsWith("GIF8"u8) || start.StartsWith("BM"u8);
    }
}
