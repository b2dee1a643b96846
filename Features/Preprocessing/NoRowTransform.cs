namespace MlTransfer.Features.Preprocessing;

/// <summary>Leaves rows as they are.</summary>
internal readonly struct NoRowTransform : IRowTransform
{
    /// <inheritdoc/>
    public void Apply(Span<float> row)
    {
    }
}
