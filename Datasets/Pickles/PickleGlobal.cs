namespace MlTransfer.Datasets.Pickles;

/// <summary>What a pickle may name. A name is only a token here: no Python object stands behind it and nothing is ever called.</summary>
internal enum PickleGlobal
{
    /// <summary><c>numpy.ndarray</c>.</summary>
    NdArray,

    /// <summary><c>numpy.dtype</c>.</summary>
    DType,

    /// <summary><c>numpy.core.multiarray._reconstruct</c>: an array that BUILD fills.</summary>
    Reconstruct,

    /// <summary><c>numpy.core.multiarray.scalar</c>: one number.</summary>
    Scalar,

    /// <summary><c>numpy.core.numeric._frombuffer</c>: an array, as protocol 5 writes contiguous ones.</summary>
    FromBuffer,

    /// <summary><c>_codecs.encode</c>: bytes, as Python 3 writes them in protocols 0 to 2.</summary>
    Encode,

    /// <summary><c>bytes</c>, written by Python 3 for an empty one in protocols 0 to 2.</summary>
    Bytes,

    /// <summary><c>bytearray</c>, as protocols below 5 write it.</summary>
    ByteArray,

    /// <summary><c>collections.OrderedDict</c>.</summary>
    OrderedDict,
}
