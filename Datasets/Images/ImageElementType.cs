namespace MlTransfer.Datasets.Images;

/// <summary>Element types that TensorFlow's decoding operations give.</summary>
public enum ImageElementType
{
    /// <summary>0…255.</summary>
    UInt8,

    /// <summary>0…65535.</summary>
    UInt16,

    /// <summary>0…1.</summary>
    Float32,
}
