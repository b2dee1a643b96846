namespace MlTransfer.Datasets.Images.Png;

/// <summary>Reads a PNG file as an RGB photo.</summary>
internal static class PngPhoto
{
    /// <summary>Reads the picture; alpha and a transparent colour are dropped (the colour beneath stays), never blended.</summary>
    /// <param name="file">The chunks.</param>
    /// <param name="clipWideGray">
    /// Whether 16-bit gray is clipped to 255, as Pillow's convert("RGB") does (nearly everything turns white), rather than cut to its high byte.
    /// </param>
    public static ImageBuffer ToRgb(PngFile file, bool clipWideGray)
    {
        var pixels = PngPixels.Read(file);
        var (width, height) = (file.Header.Width, file.Header.Height);
        if (!clipWideGray || file.Header is not { ColorType: PngColorType.Gray, BitDepth: 16 })
        {
            return new ImageBuffer(width, height, 3, pixels.To8Bit(3));
        }

        return new ImageBuffer(width, height, 3, Array.ConvertAll(pixels.To16Bit(3), sample => (byte)Math.Min(sample, (ushort)255)));
    }
}
