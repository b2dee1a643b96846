namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>What the headers of a JPEG file say, up to the first scan.</summary>
/// <param name="Width">Width in pixels, as stored (EXIF orientation not applied).</param>
/// <param name="Height">Height in pixels, as stored.</param>
/// <param name="Components">Colour components: 1 gray, 3 YCbCr or RGB, 4 CMYK or YCCK.</param>
/// <param name="Progressive">Whether the picture is coded in successive refinements (SOF2, SOF10).</param>
/// <param name="Arithmetic">Whether it is arithmetic coded (SOF9, SOF10) and not Huffman coded.</param>
/// <param name="Exif">The first EXIF segment: the TIFF structure that follows "Exif\0\0"; empty when there is none.</param>
public sealed record JpegInfo(int Width, int Height, int Components, bool Progressive, bool Arithmetic, ReadOnlyMemory<byte> Exif);
