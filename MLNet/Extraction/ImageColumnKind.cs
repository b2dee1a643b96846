namespace MlTransfer.ML.Extraction;

/// <summary>What an image column holds.</summary>
internal enum ImageColumnKind
{
    /// <summary>Text: the path of an image file.</summary>
    Path,

    /// <summary>A vector of Byte: the bytes of an image file.</summary>
    Bytes,

    /// <summary>A decoded image, <c>MLImage</c>.</summary>
    Pixels,
}
