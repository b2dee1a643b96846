using System.Buffers.Binary;

namespace MlTransfer.Datasets.Tests.Images.Bmp;

/// <summary>Puts BMP files together.</summary>
internal static class BmpBuilder
{
    /// <summary>A file with a header of 40 bytes.</summary>
    /// <param name="width">Width.</param>
    /// <param name="height">Height; negative for top-down.</param>
    /// <param name="bits">Bits a pixel.</param>
    /// <param name="compression">biCompression.</param>
    /// <param name="behindHeader">Masks or palette.</param>
    /// <param name="pixels">Rows or codes, as they lie in the file.</param>
    /// <param name="colours">biClrUsed.</param>
    public static byte[] Windows(int width, int height, int bits, int compression, byte[] behindHeader, byte[] pixels, int colours = 0)
    {
        var header = new byte[54];
        (header[0], header[1]) = ((byte)'B', (byte)'M');
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(2), 54 + behindHeader.Length + pixels.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(10), 54 + behindHeader.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(22), height);
        header[26] = 1;
        header[28] = (byte)bits;
        header[30] = (byte)compression;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(46), colours);
        return [.. header, .. behindHeader, .. pixels];
    }

    /// <summary>A file with the OS/2 header of 12 bytes.</summary>
    public static byte[] Core(int width, int height, int bits, byte[] palette, byte[] pixels)
    {
        var offset = 26 + palette.Length;
        return
        [
            (byte)'B', (byte)'M', 0, 0, 0, 0, 0, 0, 0, 0, (byte)offset, (byte)(offset >> 8), 0, 0, 12, 0, 0, 0,
            (byte)width, 0, (byte)height, 0, 1, 0, (byte)bits, 0, .. palette, .. pixels,
        ];
    }

    /// <summary>Palette entries of four bytes from RGB triples.</summary>
    public static byte[] Palette(params byte[] rgb)
    {
        var entries = new byte[rgb.Length / 3 * 4];
        for (var i = 0; i < rgb.Length / 3; i++)
        {
            (entries[i * 4], entries[(i * 4) + 1], entries[(i * 4) + 2]) = (rgb[(i * 3) + 2], rgb[(i * 3) + 1], rgb[i * 3]);
        }

        return entries;
    }
}
