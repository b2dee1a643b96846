namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>A window of the decoded picture, in pixels of the output (after <see cref="JpegDecodeOptions.Ratio"/>).</summary>
/// <param name="Y">First row.</param>
/// <param name="X">First column.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <remarks>
/// The semantics are those of TensorFlow's DecodeAndCropJpeg: decoding starts at the MCU that holds the first column and ends with the
/// window, so interpolated chroma next to the window's edges can differ from a slice of the whole picture.
/// </remarks>
public readonly record struct JpegCrop(int Y, int X, int Height, int Width);
