using System.Buffers.Binary;
using System.Text;

namespace MlTransfer.Datasets.Pickles;

/// <summary>Reads a pickle's bytes forward. Every length is checked against what is left before it is used.</summary>
internal sealed class PickleSource(ReadOnlyMemory<byte> file)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Offset of the next byte.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes of the whole file.</summary>
    public int Length => file.Length;

    /// <summary>Reads one byte.</summary>
    public byte Byte() => Span(1)[0];

    /// <summary>Reads two bytes as a number.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Span(2));

    /// <summary>Reads four bytes as a signed number.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Span(4));

    /// <summary>Reads four bytes as a number.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Span(4));

    /// <summary>Reads eight bytes as a number.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Span(8));

    /// <summary>Reads a big-endian float64.</summary>
    public double Float64() => BinaryPrimitives.ReadDoubleBigEndian(Span(8));

    /// <summary>Reads bytes without copying them.</summary>
    /// <param name="count">How many, as the file claims.</param>
    public ReadOnlyMemory<byte> Bytes(ulong count)
    {
        Require(count);
        var bytes = file.Slice(Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    /// <summary>Reads UTF-8 text.</summary>
    /// <param name="count">Its bytes, as the file claims.</param>
    public string Text(ulong count)
    {
        try
        {
            return StrictUtf8.GetString(Bytes(count).Span);
        }
        catch (DecoderFallbackException fault)
        {
            throw new InvalidDataException("a text is not valid UTF-8.", fault);
        }
    }

    /// <summary>Reads up to the next line feed, which is taken too.</summary>
    public ReadOnlySpan<byte> Line()
    {
        var rest = file.Span[Position..];
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            throw new InvalidDataException("it is cut short: a line has no end.");
        }

        Position += end + 1;
        return rest[..end];
    }

    /// <summary>Checks that as many bytes are left.</summary>
    public void Require(ulong count)
    {
        if (count > (ulong)(file.Length - Position))
        {
            throw new InvalidDataException($"it is cut short: {count} bytes are announced, {file.Length - Position} are left.");
        }
    }

    private ReadOnlySpan<byte> Span(int count) => Bytes((ulong)count).Span;
}
