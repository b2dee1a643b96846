namespace MlTransfer.Features.Preprocessing;

/// <summary>Names of the pixel scalings, as typed on a command line and written in cache keys. Stateless, hence thread-safe.</summary>
public static class PixelScalings
{
    private static readonly NamedChoices<PixelScaling> Choices = new(
        "pixel scaling",
        (PixelScaling.Inception, "inception"),
        (PixelScaling.ZeroOne, "zero-one"),
        (PixelScaling.Caffe, "caffe"),
        (PixelScaling.Torch, "torch"),
        (PixelScaling.None, "none"),
        (PixelScaling.ZeroOneMultiplied, "zero-one-multiplied"),
        (PixelScaling.InceptionSlim, "inception-slim"),
        (PixelScaling.InceptionRescaling, "inception-rescaling"),
        (PixelScaling.Subtract127AndHalf, "sub127.5-div127.5"),
        (PixelScaling.Subtract128, "sub128-div128"),
        (PixelScaling.PerImageStandardization, "per-image-standardization"));

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names => Choices.All;

    /// <summary>The name of a scaling, for example <c>zero-one</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a scaling.</exception>
    public static string NameOf(PixelScaling scaling) => Choices.NameOf(scaling);

    /// <summary>The scaling of a name, whatever its case.</summary>
    /// <exception cref="FormatException">No scaling has the name; the message lists those there are.</exception>
    public static PixelScaling Parse(string name) => Choices.Parse(name);

    /// <summary>The scaling of a name, if there is one.</summary>
    public static bool TryParse(string? name, out PixelScaling scaling) => Choices.TryParse(name, out scaling);
}
