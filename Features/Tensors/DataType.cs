namespace MlTransfer.Features.Tensors;

/// <summary>Element types, with the numbers that TensorFlow's types.proto gives them.</summary>
public enum DataType
{
    /// <summary>No type.</summary>
    Invalid = 0,

    /// <summary>32-bit float (.NET: float).</summary>
    Float32 = 1,

    /// <summary>64-bit float (double).</summary>
    Float64 = 2,

    /// <summary>32-bit signed integer (int).</summary>
    Int32 = 3,

    /// <summary>8-bit unsigned integer (byte).</summary>
    UInt8 = 4,

    /// <summary>16-bit signed integer (short).</summary>
    Int16 = 5,

    /// <summary>8-bit signed integer (sbyte).</summary>
    Int8 = 6,

    /// <summary>A string of bytes (byte[]).</summary>
    String = 7,

    /// <summary>64-bit signed integer (long).</summary>
    Int64 = 9,

    /// <summary>Boolean (bool).</summary>
    Bool = 10,

    /// <summary>8-bit signed quantised (sbyte).</summary>
    QInt8 = 11,

    /// <summary>8-bit unsigned quantised (byte).</summary>
    QUInt8 = 12,

    /// <summary>32-bit signed quantised (int).</summary>
    QInt32 = 13,

    /// <summary>16-bit float with an 8-bit exponent (ushort, raw bits).</summary>
    BFloat16 = 14,

    /// <summary>16-bit signed quantised (short).</summary>
    QInt16 = 15,

    /// <summary>16-bit unsigned quantised (ushort).</summary>
    QUInt16 = 16,

    /// <summary>16-bit unsigned integer (ushort).</summary>
    UInt16 = 17,

    /// <summary>16-bit float (Half).</summary>
    Half = 19,

    /// <summary>A handle to a resource.</summary>
    Resource = 20,

    /// <summary>A variant.</summary>
    Variant = 21,

    /// <summary>32-bit unsigned integer (uint).</summary>
    UInt32 = 22,

    /// <summary>64-bit unsigned integer (ulong).</summary>
    UInt64 = 23,
}
