using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace MlTransfer.Datasets.Pickles;

/// <summary>The arguments that protocol 0 writes as lines of text.</summary>
internal static class PickleText
{
    /// <summary>Longest decimal number read; CPython's own limit is 4,300 digits.</summary>
    private const int MaxDigits = 4300;

    /// <summary>A line as Latin-1 text.</summary>
    public static string Plain(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line);

    /// <summary>INT: a decimal number, or 00 and 01 for the truth values.</summary>
    public static object Int(ReadOnlySpan<byte> line) => line.SequenceEqual("00"u8) ? false : line.SequenceEqual("01"u8) ? true : Integer(line);

    /// <summary>LONG: a decimal number, an L after it.</summary>
    public static object Long(ReadOnlySpan<byte> line) => Integer(line.EndsWith("L"u8) ? line[..^1] : line);

    /// <summary>An index of the memo.</summary>
    public static long Index(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line, out long index, out var used) && used == line.Length ? index : throw new InvalidDataException($"'{Shorten(line)}' is no index of the memo.");

    /// <summary>FLOAT: a number as Python prints it.</summary>
    public static double Float(ReadOnlySpan<byte> line) => Plain(line[..Math.Min(line.Length, 400)]).Trim() switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" or "-nan" => double.NaN,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        _ => throw new InvalidDataException($"'{Shorten(line)}' is no number."),
    };

    /// <summary>UNICODE: raw-unicode-escape, that is Latin-1 with \uXXXX and \UXXXXXXXX.</summary>
    public static string RawUnicode(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            var digits = line[i] != '\\' || i + 1 == line.Length ? 0 : line[i + 1] switch { (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
            if (digits == 0)
            {
                text.Append((char)line[i]);
                continue;
            }

            var code = Hex(line[(i + 2)..], digits);
            text.Append(code <= 0xffff ? ((char)code).ToString() : code <= 0x10ffff ? char.ConvertFromUtf32((int)code) : throw new InvalidDataException($"\\U{code:x8} is no character."));
            i += 1 + digits;
        }

        return text.ToString();
    }

    /// <summary>STRING: a Python 2 byte string as repr prints it, in quotes, with escapes.</summary>
    public static byte[] Quoted(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd(" \t\r"u8);
        if (line.Length < 2 || line[0] != line[^1] || line[0] is not ((byte)'\'' or (byte)'"'))
        {
            throw new InvalidDataException($"the string {Shorten(line)} is not in quotes.");
        }

        line = line[1..^1];
        var bytes = new byte[line.Length];
        var count = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                bytes[count++] = line[i];
                continue;
            }

            if (++i == line.Length)
            {
                throw new InvalidDataException("a string ends inside an escape.");
            }

            switch (line[i])
            {
                case (byte)'x':
                    bytes[count++] = (byte)Hex(line[(i + 1)..], 2);
                    i += 2;
                    break;
                case >= (byte)'0' and <= (byte)'7':
                    var value = 0;
                    var end = Math.Min(i + 3, line.Length);
                    for (; i < end && line[i] is >= (byte)'0' and <= (byte)'7'; i++)
                    {
                        value = (value << 3) | (line[i] - '0');
                    }

                    i--;
                    bytes[count++] = (byte)value;
                    break;
                case var letter when Escape(letter) is { } single:
                    bytes[count++] = single;
                    break;
                default:
                    // As Python's string-escape codec: an unknown escape stands for itself.
                    bytes[count++] = (byte)'\\';
                    bytes[count++] = line[i];
                    break;
            }
        }

        return bytes.AsSpan(0, count).ToArray();
    }

    private static byte? Escape(byte letter) => letter switch
    {
        (byte)'\\' or (byte)'\'' or (byte)'"' => letter,
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'a' => 7,
        (byte)'b' => 8,
        (byte)'v' => 11,
        (byte)'f' => 12,
        _ => null,
    };

    private static uint Hex(ReadOnlySpan<byte> text, int digits) =>
        text.Length >= digits && Utf8Parser.TryParse(text[..digits], out uint value, out var used, 'x') && used == digits
            ? value
            : throw new InvalidDataException($"an escape has no {digits} hexadecimal digits.");

    private static object Integer(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out long value, out var used) && used == text.Length)
        {
            return value;
        }

        return text.Length <= MaxDigits && BigInteger.TryParse(Plain(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large)
            ? large
            : throw new InvalidDataException($"'{Shorten(text)}' is no whole number of at most {MaxDigits} digits.");
    }

    private static string Shorten(ReadOnlySpan<byte> text) =>
        new([.. Plain(text[..Math.Min(text.Length, 40)]).Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
