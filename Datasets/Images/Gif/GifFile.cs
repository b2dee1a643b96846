namespace MlTransfer.Datasets.Images.Gif;

/// <summary>The logical screen and the frames of a GIF file.</summary>
/// <param name="ScreenWidth">Width of the logical screen; may be 0.</param>
/// <param name="ScreenHeight">Height of the logical screen; may be 0.</param>
/// <param name="Frames">The frames that are complete, at least one.</param>
internal sealed record GifFile(int ScreenWidth, int ScreenHeight, IReadOnlyList<GifFrame> Frames);
