using System.Runtime.InteropServices;
using MlTransfer.Features.Tensors;
using MlTransfer.Goldens.Peers;

namespace MlTransfer.Features.Tests.Graphs.Onnx;

/// <summary>This library's tensors as those of other programs, and back.</summary>
internal static class PeerTensors
{
    private static readonly (DataType Type, string Name)[] s_types =
    [
        (DataType.Float32, "float32"), (DataType.Float64, "float64"), (DataType.Half, "float16"), (DataType.Bool, "bool"), (DataType.UInt8, "uint8"), (DataType.Int8, "int8"),
        (DataType.UInt16, "uint16"), (DataType.Int16, "int16"), (DataType.Int32, "int32"), (DataType.UInt32, "uint32"), (DataType.Int64, "int64"), (DataType.UInt64, "uint64"),
    ];

    public static PeerTensor ToPeer(Tensor tensor)
    {
        var type = tensor.Type switch { DataType.QUInt8 => DataType.UInt8, DataType.QInt8 => DataType.Int8, DataType.QInt32 => DataType.Int32, var other => other };
        return new PeerTensor(s_types.Single(pair => pair.Type == type).Name, tensor.Shape.ToArray(), tensor.AsBytes().ToArray());
    }

    public static Tensor FromPeer(PeerTensor tensor)
    {
        var type = s_types.Single(pair => pair.Name == tensor.Type).Type;
        var result = Tensor.Zeros(type, new TensorShape([.. tensor.Extents]));
        var target = result.AsBytes();
        tensor.Bytes.AsSpan(0, target.Length).CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(target), target.Length));
        return result;
    }
}
