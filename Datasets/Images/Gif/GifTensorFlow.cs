namespace MlTransfer.Datasets.Images.Gif;

/// <summary>
/// Frames as TensorFlow's DecodeGif draws them: the canvas is as large as the largest frame, disposal is ignored, transparent pixels show the
/// frame before (black on the first). Source: TensorFlow, core/lib/gif/gif_io.cc.
/// </summary>
internal static class GifTensorFlow
{
    private const long MaxBytes = 1L << 30;

    /// <summary>Draws the frames.</summary>
    /// <param name="file">The file.</param>
    /// <param name="onlyFirst">Whether only the first frame is drawn (on the canvas of all).</param>
    /// <returns>Samples [frames, height, width, 3] and those sizes.</returns>
    /// <exception cref="ImageFormatException">A frame has no palette or an index outside of it, or the frames are too large together.</exception>
    public static (byte[] Samples, int Frames, int Height, int Width) Draw(GifFile file, bool onlyFirst)
    {
        var width = file.Frames.Max(frame => frame.Width);
        var height = file.Frames.Max(frame => frame.Height);
        var count = onlyFirst ? 1 : file.Frames.Count;
        var canvas = (long)width * height * 3;
        if (canvas * count > MaxBytes)
        {
            throw new ImageFormatException($"GIF: {count} frames of {width} x {height} pixels need {canvas * count} bytes; at most {MaxBytes} are accepted.");
        }

        var samples = new byte[canvas * count];
        for (var k = 0; k < count; k++)
        {
            var target = samples.AsSpan((int)(k * canvas), (int)canvas);
            if (k > 0)
            {
                samples.AsSpan((int)((k - 1) * canvas), (int)canvas).CopyTo(target);
            }

            DrawFrame(file.Frames[k], k, width, height, target);
        }

        return (samples, count, height, width);
    }

    private static void DrawFrame(GifFrame frame, int number, int width, int height, Span<byte> canvas)
    {
        if (frame.Palette is not { } palette)
        {
            throw new ImageFormatException($"GIF: frame {number} has no palette and the file none either.");
        }

        var right = Math.Min(frame.Left + frame.Width, width);
        var bottom = Math.Min(frame.Top + frame.Height, height);
        for (var y = frame.Top; y < bottom; y++)
        {
            for (var x = frame.Left; x < right; x++)
            {
                int index = frame.Indices[((y - frame.Top) * frame.Width) + x - frame.Left];
                if (index == frame.FirstTransparent)
                {
                    continue;
                }

                if (index * 3 >= palette.Length)
                {
                    throw new ImageFormatException($"GIF: frame {number} has colour {index}; its palette ends at {(palette.Length / 3) - 1}.");
                }

                palette.AsSpan(index * 3, 3).CopyTo(canvas[(((y * width) + x) * 3)..]);
            }
        }
    }
}
