using System.Collections.Frozen;
using System.Globalization;

namespace MlTransfer.Datasets.Arrays;

/// <summary>The element type that a NumPy type string names.</summary>
/// <param name="Descr">Normalised: little-endian, or '|' where there is no order.</param>
/// <param name="ItemBytes">Bytes an element.</param>
/// <param name="UnitBytes">Bytes that are reversed together in a big-endian file: a number, half a complex number, a character.</param>
/// <param name="BigEndian">Whether the file's elements are big-endian.</param>
internal sealed record NpyElementType(string Descr, int ItemBytes, int UnitBytes, bool BigEndian)
{
    private const int MaxTextCharacters = 1 << 20;

    /// <summary>Names that NumPy accepts beside its codes, as found in hand-made files.</summary>
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["bool"] = "|b1", ["?"] = "|b1", ["int8"] = "|i1", ["uint8"] = "|u1", ["int16"] = "<i2", ["uint16"] = "<u2", ["int32"] = "<i4", ["uint32"] = "<u4",
        ["int64"] = "<i8", ["uint64"] = "<u8", ["float16"] = "<f2", ["float32"] = "<f4", ["float64"] = "<f8", ["complex64"] = "<c8", ["complex128"] = "<c16",
    }.ToFrozenDictionary();

    /// <summary>Reads a type string.</summary>
    /// <exception cref="InvalidDataException">Not a type that is supported.</exception>
    public static NpyElementType Parse(string descr)
    {
        var text = Names.GetValueOrDefault(descr, descr).AsSpan();
        var order = text.Length > 0 && text[0] is '<' or '>' or '=' or '|' ? text[0] : '=';
        var code = text.TrimStart("<>=|");
        if (text.Length - code.Length <= 1 && code.Length is >= 2 and <= 8
            && int.TryParse(code[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            var (bytes, unit) = (code[0], size) switch
            {
                ('b', 1) => (1, 1),
                ('i' or 'u', 1 or 2 or 4 or 8) => (size, size),
                ('f', 2 or 4 or 8) => (size, size),
                ('c', 8 or 16) => (size, size / 2),
                ('S', <= MaxTextCharacters) => (size, 1),
                ('U', <= MaxTextCharacters) => (4 * size, 4),
                _ => (-1, 0),
            };
            if (bytes >= 0)
            {
                return new NpyElementType($"{(unit == 1 ? '|' : '<')}{code[0]}{size}", bytes, unit, order == '>');
            }
        }

        var reason = descr.Contains('O', StringComparison.Ordinal) ? " Object arrays are pickles and are never read." : "";
        throw new InvalidDataException(
            $"element type '{NpyHeaderText.Shorten(descr)}' is not supported; booleans, integers and floats of 1 to 8 bytes, complex numbers and texts are.{reason}");
    }
}
