namespace MlTransfer.Features.Preprocessing;

/// <summary>The part of a picture that is resized, in pixels from the top left; edges may lie within pixels.</summary>
/// <param name="Left">Left edge, at least 0.</param>
/// <param name="Top">Upper edge, at least 0.</param>
/// <param name="Right">Right edge, above <paramref name="Left"/>, at most the width.</param>
/// <param name="Bottom">Lower edge, above <paramref name="Top"/>, at most the height.</param>
public readonly record struct ResizeBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>The whole of a picture.</summary>
    public static ResizeBox Whole(int width, int height) => new(0, 0, width, height);

    /// <summary>
    /// The largest centred part with the aspect ratio of the target, in whole pixels: what Keras' load_img(keep_aspect_ratio=True) resizes.
    /// </summary>
    /// <param name="width">Width of the picture, at least 1.</param>
    /// <param name="height">Height of the picture, at least 1.</param>
    /// <param name="targetWidth">Width of the result, at least 1.</param>
    /// <param name="targetHeight">Height of the result, at least 1.</param>
    public static ResizeBox CentredWithAspectOf(int width, int height, int targetWidth, int targetHeight)
    {
        var cropHeight = (int)Math.Clamp((long)width * targetHeight / targetWidth, 1, height);
        var cropWidth = (int)Math.Clamp((long)height * targetWidth / targetHeight, 1, width);
        var top = (height - cropHeight) / 2;
        var left = (width - cropWidth) / 2;
        return new ResizeBox(left, top, left + cropWidth, top + cropHeight);
    }
}
