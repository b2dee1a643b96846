using System.Buffers.Binary;

namespace MlTransfer.Datasets.Images.Exif;

/// <summary>Reads the orientation from EXIF data, the one thing in them that changes the picture. Stateless, hence thread-safe.</summary>
/// <remarks>Source: Exif 3.0 (CIPA DC-008), TIFF 6.0 section 2. Anything broken counts as no orientation, as in Pillow's exif_transpose.</remarks>
public static class ExifReader
{
    private const ushort OrientationTag = 0x0112;
    private const int EntryBytes = 12;

    /// <summary>The orientation in the first directory.</summary>
    /// <param name="exif">The TIFF structure, with or without "Exif\0\0" before it; may be empty.</param>
    /// <returns>The orientation; <see cref="ExifOrientation.Upright"/> if there is none or it is out of range.</returns>
    public static ExifOrientation OrientationOf(ReadOnlySpan<byte> exif)
    {
        var tiff = exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;
        if (tiff.Length < 8)
        {
            return ExifOrientation.Upright;
        }

        var little = tiff.StartsWith("II"u8);
        if (!little && !tiff.StartsWith("MM"u8))
        {
            return ExifOrientation.Upright;
        }

        var directory = ReadUInt32(tiff[4..], little);
        if (ReadUInt16(tiff[2..], little) != 42 || directory > tiff.Length - 2)
        {
            return ExifOrientation.Upright;
        }

        var entries = tiff[((int)directory + 2)..];
        for (var left = ReadUInt16(tiff[(int)directory..], little); left > 0 && entries.Length >= EntryBytes; left--)
        {
            if (ReadUInt16(entries, little) == OrientationTag)
            {
                return ValueOf(entries, little);
            }

            entries = entries[EntryBytes..];
        }

        return ExifOrientation.Upright;
    }

    private static ExifOrientation ValueOf(ReadOnlySpan<byte> entry, bool little)
    {
        var value = ReadUInt16(entry[2..], little) switch
        {
            1 => entry[8],
            3 => ReadUInt16(entry[8..], little),
            4 => ReadUInt32(entry[8..], little),
            _ => 0u,
        };
        return value is >= 1 and <= 8 && ReadUInt32(entry[4..], little) >= 1 ? (ExifOrientation)value : ExifOrientation.Upright;
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> source, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(source) : BinaryPrimitives.ReadUInt16BigEndian(source);

    private static uint ReadUInt32(ReadOnlySpan<byte> source, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(source) : BinaryPrimitives.ReadUInt32BigEndian(source);
}
