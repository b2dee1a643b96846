namespace MlTransfer.ML;

/// <summary>A row of <see cref="ImageDataCatalog.LoadImageFolder"/>.</summary>
public sealed class ImageFolderRow
{
    /// <summary>Full path of the image file.</summary>
    public string ImagePath { get; set; } = "";

    /// <summary>Its class: the name of the folder at the first level.</summary>
    public string Label { get; set; } = "";
}
