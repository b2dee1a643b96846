namespace MlTransfer.Datasets.Tests.Images.Gif;

/// <summary>Puts small GIF files together: four colours in a global palette, pixels as uncompressed 4-bit codes.</summary>
internal static class GifBuilder
{
    private static readonly byte[] Palette = [9, 8, 7, 60, 50, 40, 130, 120, 110, 250, 240, 230];

    public static byte[] File(int width, int height, int background, params byte[][] frames) =>
    [
        .. "GIF89a"u8, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0x81, (byte)background, 0, .. Palette,
        .. frames.SelectMany(frame => frame), 0x3B,
    ];

    public static byte[] Frame(int left, int top, int width, int height, int transparent, params byte[] indices) =>
    [
        .. transparent >= 0 ? new byte[] { 0x21, 0xF9, 4, 1, 0, 0, (byte)transparent, 0 } : [],
        0x2C, (byte)left, (byte)(left >> 8), (byte)top, (byte)(top >> 8), (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0,
        3, .. Codes(indices), 0,
    ];

    public static byte[] Colours(params int[] indices) => [.. indices.SelectMany(index => Palette.Skip(index * 3).Take(3))];

    /// <summary>Codes of four bits: a clear code before each pair keeps the table from growing.</summary>
    private static byte[] Codes(byte[] indices)
    {
        var codes = new List<int>();
        for (var i = 0; i < indices.Length; i++)
        {
            if (i % 2 == 0)
            {
                codes.Add(8);
            }

            codes.Add(indices[i]);
        }

        codes.Add(9);
        var bytes = new byte[(codes.Count + 1) / 2];
        for (var i = 0; i < codes.Count; i++)
        {
            bytes[i / 2] |= (byte)(codes[i] << (i % 2 * 4));
        }

        return [(byte)bytes.Length, .. bytes];
    }
}
