namespace MlTransfer.Datasets.Pickles;

/// <summary>A set. Features and labels have an order, hence no set is among them and its elements are not kept.</summary>
internal sealed class PickledSet
{
    /// <summary>Stands for every set.</summary>
    public static readonly PickledSet Value = new();
}
