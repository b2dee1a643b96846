using System.Buffers.Binary;
using System.Numerics;

namespace MlTransfer.Datasets.Images.Bmp;

/// <summary>Bitmaps of every usual kind as the picture they show, as Pillow's convert("RGB") gives it; alpha is dropped.</summary>
internal static class BmpPhoto
{
    /// <summary>Decodes the picture.</summary>
    /// <exception cref="ImageFormatException">The file is damaged, cut short, too large or of an unsupported kind.</exception>
    public static ImageBuffer ToRgb(ReadOnlySpan<byte> file, long maxPixels)
    {
        var header = BmpHeader.Read(file);
        PixelLimit.Check("BMP", header.Width, header.Height, maxPixels);
        var rows = header.Compression is BmpCompression.RunLength8 or BmpCompression.RunLength4;
        var indices = rows
            ? BmpRunLength.Decode(file, header.PixelOffset, header.Width, header.Height, header.Compression == BmpCompression.RunLength4)
            : [];
        var rowBytes = (((long)header.Width * header.Bits) + 31) / 32 * 4;
        var usedBytes = (((long)header.Width * header.Bits) + 7) / 8;
        var pixels = file[header.PixelOffset..];
        if (!rows && pixels.Length < (rowBytes * (header.Height - 1)) + usedBytes)
        {
            throw new ImageFormatException(
                $"BMP: {header.Height} rows of {rowBytes} bytes are needed, {pixels.Length} bytes are there; the file is cut short.");
        }

        var samples = new byte[header.Width * header.Height * 3];
        for (var y = 0; y < header.Height; y++)
        {
            var stored = header.TopDown ? y : header.Height - 1 - y;
            var target = samples.AsSpan(y * header.Width * 3, header.Width * 3);
            if (rows)
            {
                Look(indices.AsSpan(stored * header.Width, header.Width), 8, header.Palette, target);
                continue;
            }

            var row = pixels.Slice((int)(rowBytes * stored), (int)usedBytes);
            switch (header.Bits)
            {
                case <= 8:
                    Look(row, header.Bits, header.Palette, target);
                    break;
                case 24:
                    for (var i = 0; i < row.Length; i += 3)
                    {
                        (target[i], target[i + 1], target[i + 2]) = (row[i + 2], row[i + 1], row[i]);
                    }

                    break;
                default:
                    Masked(row, header.Bits / 8, header.Masks, target);
                    break;
            }
        }

        return new ImageBuffer(header.Width, header.Height, 3, samples);
    }

    private static void Look(ReadOnlySpan<byte> row, int bits, byte[] palette, Span<byte> target)
    {
        var mask = (1 << bits) - 1;
        for (var x = 0; x < target.Length / 3; x++)
        {
            var bit = x * bits;
            var index = (row[bit >> 3] >> (8 - bits - (bit & 7))) & mask;
            palette.AsSpan(index * 3, 3).CopyTo(target[(x * 3)..]);
        }
    }

    private static void Masked(ReadOnlySpan<byte> row, int pixelBytes, (uint Red, uint Green, uint Blue) masks, Span<byte> target)
    {
        for (var x = 0; x < target.Length / 3; x++)
        {
            var pixel = row.Slice(x * pixelBytes, pixelBytes);
            var value = pixelBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(pixel) : BinaryPrimitives.ReadUInt32LittleEndian(pixel);
            target[x * 3] = Channel(value, masks.Red);
            target[(x * 3) + 1] = Channel(value, masks.Green);
            target[(x * 3) + 2] = Channel(value, masks.Blue);
        }
    }

    /// <summary>The masked bits as 0…255: fewer than eight are stretched and rounded down, more lose their lowest.</summary>
    private static byte Channel(uint value, uint mask)
    {
        var shift = BitOperations.TrailingZeroCount(mask);
        var most = mask >> shift;
        return (byte)((ulong)((value & mask) >> shift) * 255 / most);
    }
}
