namespace MlTransfer.Features.Engines.Managed.Operations.Images;

/// <summary>A kernel that images are resampled with.</summary>
/// <param name="Radius">Distance beyond which it is 0.</param>
/// <param name="Weight">The kernel at a distance ≥ 0.</param>
/// <remarks>Source: TensorFlow, sampling_kernels.h.</remarks>
internal sealed record SamplingKernel(float Radius, Func<float, float> Weight)
{
    /// <summary>The kernel of a name that ScaleAndTranslate's kernel_type takes.</summary>
    public static SamplingKernel Named(OperationContext context, string name) => name switch
    {
        "lanczos1" => Lanczos(1),
        "lanczos3" => Lanczos(3),
        "lanczos5" => Lanczos(5),
        "gaussian" => new(1.5f, x => x >= 1.5f ? 0 : MathF.Exp(-x * x / (2 * 0.5f * 0.5f))),
        "box" => new(1, x => x < 0.5f ? 1 : x == 0.5f ? 0.5f : 0),
        "triangle" => new(1, x => x < 1 ? 1 - x : 0),
        "keyscubic" => new(2, KeysCubic),
        "mitchellcubic" => new(2, MitchellCubic),
        _ => throw context.Fail(
            $"kernel_type is '{name}'; lanczos1, lanczos3, lanczos5, gaussian, box, triangle, keyscubic or mitchellcubic is expected"),
    };

    private static SamplingKernel Lanczos(float radius) => new(
        radius,
        x => x > radius ? 0 : x <= 1e-3f ? 1 : radius * MathF.Sin(MathF.PI * x) * MathF.Sin(MathF.PI * x / radius) / (MathF.PI * MathF.PI * x * x));

    /// <summary>R. G. Keys, "Cubic convolution interpolation for digital image processing" (1981).</summary>
    private static float KeysCubic(float x) => x switch
    {
        >= 2 => 0,
        >= 1 => (((((-0.5f * x) + 2.5f) * x) - 4) * x) + 2,
        _ => (((1.5f * x) - 2.5f) * x * x) + 1,
    };

    /// <summary>D. P. Mitchell and A. N. Netravali, "Reconstruction filters in computer graphics" (1988), B = C = 1/3.</summary>
    private static float MitchellCubic(float x) => x switch
    {
        >= 2 => 0,
        >= 1 => ((((((-7 / 18f) * x) + 2) * x) - (10 / 3f)) * x) + (16 / 9f),
        _ => ((((7 / 6f) * x) - 2) * x * x) + (8 / 9f),
    };
}
