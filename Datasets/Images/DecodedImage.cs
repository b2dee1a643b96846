namespace MlTransfer.Datasets.Images;

/// <summary>What a decoding operation of TensorFlow gives: elements in C order and their shape.</summary>
public sealed class DecodedImage
{
    internal DecodedImage(Array elements, params int[] shape)
    {
        Elements = elements;
        Shape = shape;
    }

    /// <summary>[height, width, channels], or [frames, height, width, channels].</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements: byte[], ushort[] or float[].</summary>
    public Array Elements { get; }

    /// <summary>The type of the elements.</summary>
    public ImageElementType ElementType => Elements switch
    {
        byte[] => ImageElementType.UInt8,
        ushort[] => ImageElementType.UInt16,
        _ => ImageElementType.Float32,
    };
}
