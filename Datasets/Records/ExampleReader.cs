using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace MlTransfer.Datasets.Records;

/// <summary>Reads tf.train.Example (tensorflow/core/example/example.proto, feature.proto) from its protocol-buffer bytes.</summary>
/// <remarks>
/// Lists may be packed or not, and come in several pieces, as the wire format allows; fields that are not known are passed over. Every length is checked against
/// the bytes that are there. Stateless, hence thread-safe.
/// </remarks>
public static class ExampleReader
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int LengthType = 2;
    private const int Fixed32Type = 5;

    /// <summary>Reads the features of one example by name; the last of a name counts.</summary>
    /// <param name="record">The bytes; texts point into them.</param>
    /// <exception cref="InvalidDataException">Not a legal message.</exception>
    public static IReadOnlyDictionary<string, ExampleFeature> Read(ReadOnlyMemory<byte> record)
    {
        var found = new Dictionary<string, ExampleFeature>(StringComparer.Ordinal);
        foreach (var features in Fields(record, 1))
        {
            foreach (var entry in Fields(features.Bytes, 1))
            {
                var key = Fields(entry.Bytes, 1).LastOrDefault();
                var value = Fields(entry.Bytes, 2).LastOrDefault();
                found[Encoding.UTF8.GetString(key.Bytes.Span)] = Feature(value.Bytes);
            }
        }

        return found;
    }

    private static ExampleFeature Feature(ReadOnlyMemory<byte> feature)
    {
        var texts = new List<ReadOnlyMemory<byte>>();
        var floats = new List<float>();
        var integers = new List<long>();
        foreach (var list in Fields(feature, 1))
        {
            texts.AddRange(Fields(list.Bytes, 1).Select(value => value.Bytes));
        }

        foreach (var value in Fields(feature, 2).SelectMany(list => Values(list.Bytes, Fixed32Type)))
        {
            if (value.Type == Fixed32Type)
            {
                floats.Add(BitConverter.UInt32BitsToSingle((uint)value.Number));
                continue;
            }

            if (value.Bytes.Length % sizeof(float) != 0)
            {
                throw new InvalidDataException($"a packed list of floats has {value.Bytes.Length} bytes, which is no multiple of {sizeof(float)}.");
            }

            foreach (var bits in MemoryMarshal.Cast<byte, uint>(value.Bytes.Span))
            {
                floats.Add(BitConverter.UInt32BitsToSingle(BitConverter.IsLittleEndian ? bits : BinaryPrimitives.ReverseEndianness(bits)));
            }
        }

        foreach (var value in Fields(feature, 3).SelectMany(list => Values(list.Bytes, VarintType)))
        {
            if (value.Type == VarintType)
            {
                integers.Add((long)value.Number);
                continue;
            }

            for (var at = 0; at < value.Bytes.Length;)
            {
                integers.Add((long)Varint(value.Bytes.Span, ref at));
            }
        }

        return new ExampleFeature(texts, [.. floats], [.. integers]);
    }

    /// <summary>The fields of one number that carry bytes.</summary>
    private static IEnumerable<Field> Fields(ReadOnlyMemory<byte> message, int number) =>
        All(message).Where(field => field.Id == number).Select(field => field.Type == LengthType ? field : throw new InvalidDataException($"field {number} has wire type {field.Type}; bytes were expected."));

    /// <summary>The values of a list: packed (bytes) or one by one.</summary>
    private static IEnumerable<Field> Values(ReadOnlyMemory<byte> list, int single) =>
        All(list).Where(field => field.Id == 1).Select(field => field.Type == LengthType || field.Type == single ? field : throw new InvalidDataException($"a value of a list has wire type {field.Type}."));

    private static IEnumerable<Field> All(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            yield return Next(message, ref at);
        }
    }

    private static Field Next(ReadOnlyMemory<byte> message, ref int at)
    {
        var span = message.Span;
        var tag = Varint(span, ref at);
        var (id, type) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
        switch (type)
        {
            case VarintType:
                return new Field(id, type, Varint(span, ref at), default);
            case Fixed64Type:
                return new Field(id, type, BinaryPrimitives.ReadUInt64LittleEndian(Take(message, ref at, sizeof(ulong)).Span), default);
            case LengthType:
                return new Field(id, type, 0, Take(message, ref at, Varint(span, ref at)));
            case Fixed32Type:
                return new Field(id, type, BinaryPrimitives.ReadUInt32LittleEndian(Take(message, ref at, sizeof(uint)).Span), default);
            default:
                throw new InvalidDataException($"wire type {type} at byte {at} is none of protocol buffers in use.");
        }
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, ref int at, ulong length)
    {
        if (length > (ulong)(message.Length - at))
        {
            throw new InvalidDataException($"a field claims {length} bytes at byte {at}; {message.Length - at} are left.");
        }

        var taken = message.Slice(at, (int)length);
        at += (int)length;
        return taken;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        const int MaxBytes = 10;
        ulong value = 0;
        for (var i = 0; i < MaxBytes && at < bytes.Length; i++)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"a number at byte {at} does not end.");
    }

    private readonly record struct Field(int Id, int Type, ulong Number, ReadOnlyMemory<byte> Bytes);
}
