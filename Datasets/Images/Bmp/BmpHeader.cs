using System.Buffers.Binary;

namespace MlTransfer.Datasets.Images.Bmp;

/// <summary>The checked headers of a bitmap: BITMAPFILEHEADER and the Windows (40, 52, 56, 108, 124 bytes) or OS/2 (12, 64 bytes) one behind it.</summary>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="TopDown">Whether the first row in the file is the upper one.</param>
/// <param name="Bits">Bits a pixel: 1, 4, 8, 16, 24, 32.</param>
/// <param name="Compression">How rows are stored.</param>
/// <param name="PixelOffset">Where the rows begin.</param>
/// <param name="Palette">256 entries of RGB for up to 8 bits, black behind the last; empty otherwise.</param>
/// <param name="Masks">Bits of red, green and blue in a pixel of 16 or 32 bits.</param>
internal sealed record BmpHeader(
    int Width, int Height, bool TopDown, int Bits, BmpCompression Compression, int PixelOffset, byte[] Palette, (uint Red, uint Green, uint Blue) Masks)
{
    private const int FileHeaderBytes = 14;

    /// <summary>Reads the headers and the palette.</summary>
    /// <exception cref="ImageFormatException">The headers are cut short, or ask for what is not supported.</exception>
    public static BmpHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeaderBytes + 4)
        {
            throw CutShort(file);
        }

        var headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(file[FileHeaderBytes..]);
        if (headerBytes is not (12 or 40 or 52 or 56 or 64 or 108 or 124))
        {
            throw new ImageFormatException($"BMP: a header of {headerBytes} bytes is not known; 12, 40, 52, 56, 64, 108 and 124 are.");
        }

        if (file.Length < FileHeaderBytes + headerBytes)
        {
            throw CutShort(file);
        }

        var header = file.Slice(FileHeaderBytes, (int)headerBytes);
        var core = headerBytes == 12;
        long width = core ? BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) : BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        long height = core ? BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) : BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[(core ? 10 : 14)..]);
        if (width <= 0 || height == 0 || height == int.MinValue)
        {
            throw new ImageFormatException($"BMP: the size {width} x {height} is impossible.");
        }

        if (bits is not (1 or 4 or 8 or 16 or 24 or 32))
        {
            throw new ImageFormatException($"BMP: {bits} bits a pixel are not known; 1, 4, 8, 16, 24 and 32 are.");
        }

        var compression = core ? BmpCompression.None : (BmpCompression)BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        var behind = FileHeaderBytes + (int)headerBytes;
        var masks = MasksOf(file, header, bits, compression, ref behind);
        var offset = (long)BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        var palette = Array.Empty<byte>();
        if (bits <= 8)
        {
            var entryBytes = core ? 3 : 4;
            var entries = core ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(header[32..]);
            entries = entries == 0 ? 1u << bits : entries;
            if (entries > 65536)
            {
                throw new ImageFormatException($"BMP: a palette of {entries} colours is impossible.");
            }

            palette = ReadPalette(file[behind..], (int)entries, entryBytes);
            behind += (int)entries * entryBytes;

            // Some writers point right behind the header, where the palette is.
            offset = offset == FileHeaderBytes + headerBytes ? behind : offset;
        }

        offset = offset == 0 ? behind : offset;
        if (offset > file.Length)
        {
            throw new ImageFormatException($"BMP: the pixels begin at byte {offset}, the file has {file.Length}; it is cut short or damaged.");
        }

        return new BmpHeader((int)width, (int)Math.Abs(height), height < 0, bits, compression, (int)offset, palette, masks);
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> source, int entries, int entryBytes)
    {
        var palette = new byte[256 * 3];
        for (var i = 0; i < Math.Min(entries, 256) && (i + 1) * entryBytes <= source.Length; i++)
        {
            palette[i * 3] = source[(i * entryBytes) + 2];
            palette[(i * 3) + 1] = source[(i * entryBytes) + 1];
            palette[(i * 3) + 2] = source[i * entryBytes];
        }

        return palette;
    }

    private static (uint Red, uint Green, uint Blue) MasksOf(
        ReadOnlySpan<byte> file, ReadOnlySpan<byte> header, int bits, BmpCompression compression, ref int behind)
    {
        var usual = bits == 16 ? (0x7C00u, 0x3E0u, 0x1Fu) : (0xFF0000u, 0xFF00u, 0xFFu);
        switch (compression)
        {
            case BmpCompression.None:
                return usual;
            case BmpCompression.RunLength8 or BmpCompression.RunLength4 when bits <= 8:
                return usual;
            case BmpCompression.BitFields when bits >= 16:
                break;
            default:
                throw new ImageFormatException($"BMP: compression {(uint)compression} with {bits} bits a pixel is not supported; 0, 1 and 2 (up to 8 bits) and 3 (from 16 bits) are.");
        }

        // A header of 40 bytes is followed by the masks; longer ones hold them.
        var at = header.Length >= 52 ? FileHeaderBytes + 40 : behind;
        if (file.Length < at + 12)
        {
            throw CutShort(file);
        }

        behind = header.Length >= 52 ? behind : behind + 12;
        var masks = (
            Red: BinaryPrimitives.ReadUInt32LittleEndian(file[at..]),
            Green: BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]),
            Blue: BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 8)..]));
        if (bits == 32 && masks == (0, 0, 0))
        {
            return usual;
        }

        var whole = bits == 32 ? uint.MaxValue : (1u << bits) - 1;
        if (!IsRun(masks.Red) || !IsRun(masks.Green) || !IsRun(masks.Blue) || (masks.Red & masks.Green) != 0 || ((masks.Red | masks.Green) & masks.Blue) != 0
            || ((masks.Red | masks.Green | masks.Blue) & ~whole) != 0 || (bits == 24 && masks != usual))
        {
            throw new ImageFormatException($"BMP: the colour masks {masks.Red:X}, {masks.Green:X}, {masks.Blue:X} for {bits} bits a pixel are not supported.");
        }

        return masks;
    }

    /// <summary>Whether the set bits are one run of at least one.</summary>
    private static bool IsRun(uint mask)
    {
        var shifted = mask == 0 ? 0 : mask >> System.Numerics.BitOperations.TrailingZeroCount(mask);
        return mask != 0 && (shifted & (shifted + 1)) == 0;
    }

    private static ImageFormatException CutShort(ReadOnlySpan<byte> file) =>
        new($"BMP: the file ends at byte {file.Length} inside its header; it is cut short.");
}
