namespace MlTransfer.Features.Preprocessing;

/// <summary>What is done to an output row while it is still in the cache; a struct, so that the call is inlined.</summary>
internal interface IRowTransform
{
    /// <summary>Changes the row's samples in place.</summary>
    void Apply(Span<float> row);
}
