using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>ONNX's numbers for element types (TensorProto.DataType).</summary>
internal static class OnnxElementType
{
    /// <summary>32-bit float.</summary>
    public const int Float = 1;

    /// <summary>64-bit signed integer.</summary>
    public const int Int64 = 7;

    /// <summary>Boolean.</summary>
    public const int Bool = 9;

    /// <summary>The number of a type; quantised types are those of the integers that store them. 0 where ONNX has none.</summary>
    public static int Of(DataType type) => type switch
    {
        DataType.Float32 => Float,
        DataType.UInt8 or DataType.QUInt8 => 2,
        DataType.Int8 or DataType.QInt8 => 3,
        DataType.UInt16 or DataType.QUInt16 => 4,
        DataType.Int16 or DataType.QInt16 => 5,
        DataType.Int32 or DataType.QInt32 => 6,
        DataType.Int64 => Int64,
        DataType.String => 8,
        DataType.Bool => Bool,
        DataType.Half => 10,
        DataType.Float64 => 11,
        DataType.UInt32 => 12,
        DataType.UInt64 => 13,
        DataType.BFloat16 => 16,
        _ => 0,
    };
}
