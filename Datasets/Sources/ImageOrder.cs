namespace MlTransfer.Datasets.Sources;

/// <summary>The order of labels and files. Neither depends on the culture, the file system or the operating system.</summary>
public enum ImageOrder
{
    /// <summary>Runs of the digits 0 to 9 compare as numbers (<c>img2</c> before <c>img10</c>), all else by UTF-16 code unit; the default.</summary>
    Natural,

    /// <summary>By UTF-16 code unit throughout, as Python's <c>sorted</c> does for names of the Basic Multilingual Plane: the class order of Keras'
    /// <c>image_dataset_from_directory</c> and of <c>retrain.py</c>.</summary>
    Ordinal,
}
