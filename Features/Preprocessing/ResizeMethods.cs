namespace MlTransfer.Features.Preprocessing;

/// <summary>Names of the resize methods, as typed on a command line and written in cache keys. Stateless, hence thread-safe.</summary>
public static class ResizeMethods
{
    private static readonly NamedChoices<ResizeMethod> Choices = new(
        "resize method",
        (ResizeMethod.TensorFlowLegacyBilinear, "tf-legacy-bilinear"),
        (ResizeMethod.TensorFlowHalfPixelBilinear, "tf-half-pixel-bilinear"),
        (ResizeMethod.TensorFlowAlignCornersBilinear, "tf-align-corners-bilinear"),
        (ResizeMethod.TensorFlowLegacyNearest, "tf-legacy-nearest"),
        (ResizeMethod.TensorFlowHalfPixelNearest, "tf-half-pixel-nearest"),
        (ResizeMethod.TensorFlowAlignCornersNearest, "tf-align-corners-nearest"),
        (ResizeMethod.PillowNearest, "pillow-nearest"),
        (ResizeMethod.PillowBilinear, "pillow-bilinear"),
        (ResizeMethod.PillowBox, "pillow-box"),
        (ResizeMethod.PillowHamming, "pillow-hamming"),
        (ResizeMethod.PillowBicubic, "pillow-bicubic"),
        (ResizeMethod.PillowLanczos, "pillow-lanczos"));

    /// <summary>All names; the first is the default.</summary>
    public static IReadOnlyList<string> Names => Choices.All;

    /// <summary>The name of a method, for example <c>tf-legacy-bilinear</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a method.</exception>
    public static string NameOf(ResizeMethod method) => Choices.NameOf(method);

    /// <summary>The method of a name, whatever its case.</summary>
    /// <exception cref="FormatException">No method has the name; the message lists those there are.</exception>
    public static ResizeMethod Parse(string name) => Choices.Parse(name);

    /// <summary>The method of a name, if there is one.</summary>
    public static bool TryParse(string? name, out ResizeMethod method) => Choices.TryParse(name, out method);
}
