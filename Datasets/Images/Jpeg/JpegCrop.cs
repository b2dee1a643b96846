namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>A window of the decoded picture, in pixels of the output (after <see cref="JpegDecodeOptions.Ratio"/>).</summary>
/// <param name="Y">First row.</param>
/// <param name="X">First column.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <remarks>
/// The semantics are those of TensorFlow's DecodeAndCropJpeg: decoding starts at the MCU that holds the first column and ends with the
/// window, so interpolated chroma next to the window's edges can differ from a slice of the whole picture. With a ratio above 1 and
/// chroma halved in one direction more than in the other (4:1:0-like sampling) libjpeg-turbo leaves part of each row undefined; here it
/// is decoded like the rest.
/// </remarks>
public readonly record struct JpegCrop(int Y, int X, int Height, int Width);
