using MlTransfer.Datasets.Images;

namespace MlTransfer.Features.Preprocessing;

/// <summary>RGB to gray as Pillow's <c>convert("L")</c>, which Keras' load_img(color_mode="grayscale") uses before it resizes.</summary>
/// <remarks>ITU-R 601-2 luma in 16-bit fixed point, rounded. Source: Pillow, src/libImaging/Convert.c. Stateless, hence thread-safe.</remarks>
public static class GrayConversion
{
    /// <summary>Converts a picture.</summary>
    /// <param name="image">An RGB picture; a gray one is given back as it is.</param>
    /// <returns>1 channel.</returns>
    /// <exception cref="ArgumentException">The picture has alpha.</exception>
    public static ImageBuffer ToGray(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels == 1)
        {
            return image;
        }

        if (image.Channels != 3)
        {
            throw new ArgumentException($"The picture has {image.Channels} channels; 1 or 3 are expected.", nameof(image));
        }

        var gray = new byte[image.Width * image.Height];
        for (var i = 0; i < gray.Length; i++)
        {
            var (red, green, blue) = (image.Samples[i * 3], image.Samples[(i * 3) + 1], image.Samples[(i * 3) + 2]);
            gray[i] = (byte)(((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16);
        }

        return new ImageBuffer(image.Width, image.Height, 1, gray);
    }
}
