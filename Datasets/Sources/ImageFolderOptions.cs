namespace MlTransfer.Datasets.Sources;

/// <summary>How <see cref="ImageFolderSource"/> reads a folder.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>Order of labels and files; default <see cref="ImageOrder.Natural"/>.</summary>
    public ImageOrder Order { get; init; } = ImageOrder.Natural;
}
