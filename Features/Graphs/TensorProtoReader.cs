using System.Runtime.InteropServices;
using MlTransfer.Features.Graphs.TensorFlow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs;

/// <summary>Decodes TensorFlow's TensorProto: raw content, or typed values of which the last repeats to fill the shape.</summary>
/// <remarks>Source: tensorflow/core/framework/tensor.proto.</remarks>
internal static class TensorProtoReader
{
    /// <summary>Largest tensor accepted where few values stand for many, in elements: 2^28 (the widest layers of VGG have 2^27).</summary>
    private const long MaxFilledElements = 1L << 28;

    public static Tensor Read(TensorProto proto, string where)
    {
        var type = (DataType)proto.Dtype;
        if (proto.TensorShape is { UnknownRank: true })
        {
            throw new GraphFormatException($"{where}: the tensor's shape is unknown");
        }

        var extents = (proto.TensorShape?.Dim ?? []).Select(dimension => dimension.Size).ToArray();
        long count = 1;
        foreach (var extent in extents)
        {
            if (extent is < 0 or > int.MaxValue || (count *= extent) > int.MaxValue)
            {
                throw new GraphFormatException($"{where}: a tensor of shape [{string.Join(",", extents)}] can not be held");
            }
        }

        var shape = new TensorShape([.. extents.Select(extent => (int)extent)]);
        var content = proto.TensorContent.Span;
        if (content.Length > 0)
        {
            return FromContent(type, shape, content, where);
        }

        return type switch
        {
            DataType.Float32 => Fill(type, shape, proto.FloatVal, value => value, where),
            DataType.Float64 => Fill(type, shape, proto.DoubleVal, value => value, where),
            DataType.Int32 or DataType.QInt32 => Fill(type, shape, proto.IntVal, value => value, where),
            DataType.Int16 or DataType.QInt16 => Fill(type, shape, proto.IntVal, value => (short)value, where),
            DataType.Int8 or DataType.QInt8 => Fill(type, shape, proto.IntVal, value => (sbyte)value, where),
            DataType.UInt8 or DataType.QUInt8 => Fill(type, shape, proto.IntVal, value => (byte)value, where),
            DataType.UInt16 or DataType.QUInt16 => Fill(type, shape, proto.IntVal, value => (ushort)value, where),
            DataType.Half => Fill(type, shape, proto.HalfVal, value => BitConverter.UInt16BitsToHalf((ushort)value), where),
            DataType.BFloat16 => Fill(type, shape, proto.HalfVal, value => (ushort)value, where),
            DataType.Int64 => Fill(type, shape, proto.Int64Val, value => value, where),
            DataType.UInt32 => Fill(type, shape, proto.Uint32Val, value => value, where),
            DataType.UInt64 => Fill(type, shape, proto.Uint64Val, value => value, where),
            DataType.Bool => Fill(type, shape, proto.BoolVal, value => value, where),
            DataType.String => Fill(type, shape, proto.StringVal, value => value.ToByteArray(), where, []),
            _ => throw new GraphFormatException($"{where}: tensors of type {Tensor.NameOf(type)} ({(int)type}) are not supported"),
        };
    }

    private static Tensor FromContent(DataType type, TensorShape shape, ReadOnlySpan<byte> content, string where)
    {
        var itemSize = type switch
        {
            DataType.Float32 or DataType.Int32 or DataType.QInt32 or DataType.UInt32 => 4,
            DataType.Float64 or DataType.Int64 or DataType.UInt64 => 8,
            DataType.Half or DataType.BFloat16 or DataType.Int16 or DataType.QInt16 or DataType.UInt16 or DataType.QUInt16 => 2,
            DataType.Int8 or DataType.QInt8 or DataType.UInt8 or DataType.QUInt8 or DataType.Bool => 1,
            _ => throw new GraphFormatException($"{where}: tensors of type {Tensor.NameOf(type)} ({(int)type}) have no raw content"),
        };
        if (content.Length != (long)shape.Count * itemSize)
        {
            throw new GraphFormatException(
                $"{where}: the content has {content.Length} bytes; {Tensor.NameOf(type)} {shape} needs {(long)shape.Count * itemSize}");
        }

        var tensor = Tensor.Zeros(type, shape);
        var storage = tensor.Storage;
        var target = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(storage), content.Length);
        content.CopyTo(target);
        if (!BitConverter.IsLittleEndian && itemSize > 1)
        {
            for (var i = 0; i < target.Length; i += itemSize)
            {
                target.Slice(i, itemSize).Reverse();
            }
        }

        return tensor;
    }

    private static Tensor Fill<TSource, T>(
        DataType type, TensorShape shape, Google.Protobuf.Collections.RepeatedField<TSource> source, Func<TSource, T> convert, string where, T empty = default!)
    {
        if (shape.Count > MaxFilledElements && source.Count < shape.Count)
        {
            throw new GraphFormatException($"{where}: {source.Count} values stand for a tensor of shape {shape}; at most {MaxFilledElements} elements are filled so");
        }

        var values = new T[shape.Count];

        // TensorFlow ignores values beyond the shape.
        var stated = Math.Min(source.Count, values.Length);
        for (var i = 0; i < stated; i++)
        {
            values[i] = convert(source[i]);
        }

        if (source.Count < values.Length)
        {
            values.AsSpan(source.Count).Fill(source.Count > 0 ? values[source.Count - 1] : empty);
        }

        return Tensor.From(type, shape, values);
    }
}
