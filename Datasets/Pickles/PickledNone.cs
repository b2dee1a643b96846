namespace MlTransfer.Datasets.Pickles;

/// <summary>Python's None.</summary>
internal sealed class PickledNone
{
    /// <summary>The only one.</summary>
    public static readonly PickledNone Value = new();
}
