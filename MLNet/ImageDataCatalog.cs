using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Datasets.Sources;
using MlTransfer.ML.Extraction;

namespace MlTransfer.ML;

/// <summary>Labelled images as ML.NET data.</summary>
public static class ImageDataCatalog
{
    /// <summary>The names of a folder's images, one folder a label, with columns <c>ImagePath</c> and <c>Label</c>; see <see cref="ImageFolderRow"/>.</summary>
    /// <param name="catalog">The context's data operations.</param>
    /// <param name="folder">The folder that holds one folder a label.</param>
    /// <param name="options">Order; null for the defaults, natural order.</param>
    /// <param name="notice">Told what a user should know, one sentence each: what was skipped, and why; null for silence.</param>
    /// <exception cref="DatasetException">The folder is missing or cannot be read, or holds no labelled picture.</exception>
    /// <remarks>No image is opened. The data knows its number of rows; <c>ml.Data.ShuffleRows</c> shuffles it.</remarks>
    public static IDataView LoadImageFolder(this DataOperationsCatalog catalog, string folder, ImageFolderOptions? options = null, Action<string>? notice = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var dataset = ImageFolderSource.Read(folder, options);
        if (notice is not null)
        {
            foreach (var sentence in dataset.Notices)
            {
                notice(sentence);
            }
        }

        var schema = SchemaDefinition.Create(typeof(ImageFolderRow));
        schema[nameof(ImageFolderRow.ImagePath)].AddAnnotation(ImageColumn.FolderAnnotation, dataset.Root.AsMemory(), TextDataViewType.Instance);
        return catalog.LoadFromEnumerable(
            dataset.Images.Select(image => new ImageFolderRow { ImagePath = image.FullPath, Label = image.Label }).ToList(), schema);
    }
}
