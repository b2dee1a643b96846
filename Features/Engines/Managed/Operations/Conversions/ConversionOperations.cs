using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Conversions;

/// <summary>Operations that read elements as another type, and strings.</summary>
/// <remarks>Source: TensorFlow, core/ops/math_ops.cc, array_ops.cc, parsing_ops.cc and string_ops.cc.</remarks>
internal static class ConversionOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Cast(x: SrcT) -> (y: DstT)", ["SrcT: type", "DstT: type", "Truncate: bool = false"], CastKernel.Run),
        Define("Bitcast(input: T) -> (output: type)", ["T: type", "type: type"], Bitcast),
        Define("DecodeRaw(bytes: string) -> (output: out_type)", ["out_type: {half, float, double, int32, uint16, uint8, int16, int8, int64, bool, bfloat16}", "little_endian: bool = true"], DecodeRaw),
        Define("DecodeBase64(input: string) -> (output: string)", [], DecodeBase64),
        Define("EncodeBase64(input: string) -> (output: string)", ["pad: bool = false"], EncodeBase64),
        Define("StringLength(input: string) -> (output: int32)", ["unit: {'BYTE', 'UTF8_CHAR'} = 'BYTE'"], StringLength),
    ];

    private static int SizeOf(OperationContext context, DataType type) => type switch
    {
        DataType.Float64 or DataType.Int64 or DataType.UInt64 => 8,
        DataType.Float32 or DataType.Int32 or DataType.UInt32 or DataType.QInt32 => 4,
        DataType.Half or DataType.BFloat16 or DataType.Int16 or DataType.UInt16 or DataType.QInt16 or DataType.QUInt16 => 2,
        DataType.Int8 or DataType.UInt8 or DataType.QInt8 or DataType.QUInt8 or DataType.Bool => 1,
        _ => throw context.Fail($"the bits of {Tensor.NameOf(type)} can not be read"),
    };

    private static Span<byte> BytesOf(Tensor tensor, int elementSize) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(tensor.Storage), tensor.Count * elementSize);

    private static Tensor[] Bitcast(OperationContext context)
    {
        var input = context.Inputs[0];
        var type = context.Type("type");
        var (from, to) = (SizeOf(context, input.Type), SizeOf(context, type));
        List<long> extents = [.. input.Shape.ToArray().Select(extent => (long)extent)];
        if (from > to)
        {
            extents.Add(from / to);
        }
        else if (from < to)
        {
            if (extents.Count == 0 || extents[^1] != to / from)
            {
                throw context.Fail($"{Tensor.NameOf(input.Type)} {input.Shape} can not be read as {Tensor.NameOf(type)}: the innermost extent must be {to / from}");
            }

            extents.RemoveAt(extents.Count - 1);
        }

        var result = Tensor.Zeros(type, context.Shape([.. extents]));
        BytesOf(input, from).CopyTo(BytesOf(result, to));
        return [result];
    }

    private static Tensor[] DecodeRaw(OperationContext context)
    {
        var type = context.Type("out_type");
        var size = SizeOf(context, type);
        var strings = context.Inputs[0].AsSpan<byte[]>();
        var length = strings.Length == 0 ? 0 : strings[0].Length;
        if (length % size != 0)
        {
            throw context.Fail($"strings of {length} bytes are not a whole number of {Tensor.NameOf(type)} ({size} bytes each)");
        }

        var result = Tensor.Zeros(type, context.Shape([.. context.Inputs[0].Shape.ToArray().Select(extent => (long)extent), length / size]));
        var bytes = BytesOf(result, size);
        for (var i = 0; i < strings.Length; i++)
        {
            if (strings[i].Length != length)
            {
                throw context.Fail($"string {i} has {strings[i].Length} bytes, the first {length}; all must be equal");
            }

            strings[i].CopyTo(bytes[(i * length)..]);
        }

        if (context.Bool("little_endian") != BitConverter.IsLittleEndian)
        {
            SwapBytes(bytes, size);
        }

        return [result];
    }

    private static void SwapBytes(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case 2: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<byte, ushort>(bytes)); break;
            case 4: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes), MemoryMarshal.Cast<byte, uint>(bytes)); break;
            case 8: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(bytes), MemoryMarshal.Cast<byte, ulong>(bytes)); break;
            default: break;
        }
    }

    private static Tensor[] DecodeBase64(OperationContext context) => [MapStrings(context, text =>
    {
        // The web-safe alphabet; padding may be left out.
        var standard = Encoding.Latin1.GetString(text).TrimEnd('=').Replace('-', '+').Replace('_', '/');
        try
        {
            return Encoding.Latin1.GetString(text).AsSpan().ContainsAny('+', '/')
                ? throw context.Fail("the text holds '+' or '/'; web-safe base64 with '-' and '_' is expected")
                : Convert.FromBase64String(standard + new string('=', (4 - (standard.Length % 4)) % 4));
        }
        catch (FormatException fault)
        {
            throw new OperationException(context.Fail($"the text of {text.Length} characters is not web-safe base64").Message, fault);
        }
    })];

    private static Tensor[] EncodeBase64(OperationContext context) => [MapStrings(context, bytes =>
    {
        var text = Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');
        return Encoding.Latin1.GetBytes(context.Bool("pad") ? text : text.TrimEnd('='));
    })];

    private static Tensor MapStrings(OperationContext context, Func<byte[], byte[]> convert) =>
        Tensor.From(context.Inputs[0].Shape, Array.ConvertAll(context.Inputs[0].AsSpan<byte[]>().ToArray(), text => convert(text)));

    private static Tensor[] StringLength(OperationContext context)
    {
        // A character of UTF-8 is a byte that does not continue another.
        var characters = context.Text("unit") == "UTF8_CHAR";
        return [Tensor.From(context.Inputs[0].Shape, Array.ConvertAll(
            context.Inputs[0].AsSpan<byte[]>().ToArray(), text => characters ? text.Count(value => (value & 0xC0) != 0x80) : text.Length))];
    }
}
