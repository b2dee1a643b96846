namespace MlTransfer.Datasets.Images.Png;

/// <summary>The checked IHDR chunk.</summary>
/// <param name="Width">Columns, 1…1,000,000.</param>
/// <param name="Height">Rows, 1…1,000,000.</param>
/// <param name="BitDepth">Bits a sample: 1, 2, 4, 8, 16.</param>
/// <param name="ColorType">What a pixel is made of.</param>
/// <param name="Interlaced">Whether Adam7 interlaced.</param>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColorType ColorType, bool Interlaced)
{
    /// <summary>Samples a pixel as stored.</summary>
    public int Samples => ColorType switch
    {
        PngColorType.Rgb => 3,
        PngColorType.GrayAlpha => 2,
        PngColorType.Rgba => 4,
        _ => 1,
    };

    /// <summary>Whether pixels are gray.</summary>
    public bool IsGray => ColorType is PngColorType.Gray or PngColorType.GrayAlpha;

    /// <summary>Whether pixels carry alpha of their own.</summary>
    public bool HasAlpha => ColorType is PngColorType.GrayAlpha or PngColorType.Rgba;

    /// <summary>Bytes of a row of so many pixels, without its filter byte.</summary>
    public int RowBytes(int width) => (int)((((long)width * Samples * BitDepth) + 7) / 8);

    /// <summary>Bytes of all filtered rows.</summary>
    public long FilteredBytes
    {
        get
        {
            if (!Interlaced)
            {
                return (RowBytes(Width) + 1L) * Height;
            }

            long total = 0;
            foreach (var pass in Adam7Pass.All)
            {
                var (width, height) = pass.SizeOf(Width, Height);
                total += width == 0 ? 0 : (RowBytes(width) + 1L) * height;
            }

            return total;
        }
    }
}
