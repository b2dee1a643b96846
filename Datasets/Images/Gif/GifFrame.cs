namespace MlTransfer.Datasets.Images.Gif;

/// <summary>One picture of a GIF file.</summary>
/// <param name="Left">Column of its first pixel on the logical screen.</param>
/// <param name="Top">Row of its first pixel.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Palette">RGB triples of its own or the global palette; null when there is neither.</param>
/// <param name="FirstTransparent">The transparent index of the first graphic control extension before the frame, −1 for none (giflib's choice).</param>
/// <param name="LastTransparent">The same of the last extension that names one (Pillow's choice).</param>
/// <param name="Indices">Width × height palette indices, row by row.</param>
internal sealed record GifFrame(
    int Left, int Top, int Width, int Height, byte[]? Palette, int FirstTransparent, int LastTransparent, byte[] Indices);
