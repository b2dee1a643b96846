namespace MlTransfer.Features.Preprocessing;

/// <summary>Applies a pixel formula to each row.</summary>
internal readonly struct ScaledRowTransform(PixelFormula formula) : IRowTransform
{
    /// <inheritdoc/>
    public void Apply(Span<float> row) => formula.Apply(row);
}
