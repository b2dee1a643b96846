using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MlTransfer.Datasets.Arrays;

/// <summary>Reads NumPy's .npy files, versions 1 to 3: booleans, integers and floats of 1 to 8 bytes, either byte order, C or Fortran order.</summary>
/// <remarks>
/// Source: numpy.lib.format. Object arrays (which are pickles) and structured types are refused. Nothing is allocated from the header alone:
/// the element count is checked against the bytes that are there. Stateless, hence thread-safe.
/// </remarks>
public static partial class NpyReader
{
    /// <summary>Longest header accepted, in bytes; NumPy itself stays far below.</summary>
    private const int MaxHeaderBytes = 65_536;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads one array from a file.</summary>
    /// <param name="path">The .npy file.</param>
    /// <exception cref="InvalidDataException">Not a readable .npy file; the message names the file and the fault.</exception>
    public static NpyArray Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }

    /// <summary>Reads one array from the bytes of a .npy file.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a readable .npy file.</exception>
    public static NpyArray Parse(ReadOnlySpan<byte> file)
    {
        var header = ParseHeader(file);
        var body = file[header.DataOffset..];
        if (body.Length < header.DataBytes)
        {
            throw new InvalidDataException(
                $"the header promises {header.DataBytes} bytes of data ({header.Descr}, shape ({string.Join(", ", header.Shape)})), the file has {body.Length}; it is cut short.");
        }

        if (body.Length > header.DataBytes)
        {
            throw new InvalidDataException($"{body.Length - header.DataBytes} bytes follow the data that the header describes.");
        }

        var data = body.ToArray();
        if (header.BigEndian)
        {
            ReverseElements(data, header.ItemSize);
        }

        if (header.FortranOrder && header.Shape.Length > 1)
        {
            data = ToCOrder(data, header.Shape, header.ItemSize);
        }

        return new NpyArray(header.Descr, header.Shape, data);
    }

    /// <summary>Reads and checks the header alone; the data need not be in <paramref name="file"/>.</summary>
    internal static NpyHeader ParseHeader(ReadOnlySpan<byte> file)
    {
        if (file.Length < 10 || !file[..6].SequenceEqual(Magic))
        {
            throw new InvalidDataException(@"not a .npy file: it does not begin with \x93NUMPY.");
        }

        var version = file[6];
        if (version is < 1 or > 3)
        {
            throw new InvalidDataException($".npy version {version}.{file[7]} is not known; versions 1, 2 and 3 are.");
        }

        var lengthBytes = version == 1 ? 2 : 4;
        if (file.Length < 8 + lengthBytes)
        {
            throw new InvalidDataException("the .npy header is cut short.");
        }

        var headerLength = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        var dataOffset = 8 + lengthBytes + (long)headerLength;
        if (headerLength > MaxHeaderBytes || dataOffset > file.Length)
        {
            throw new InvalidDataException($"the .npy header claims {headerLength} bytes; the file has {file.Length} (at most {MaxHeaderBytes} are accepted).");
        }

        var text = (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(file.Slice(8 + lengthBytes, (int)headerLength)).Trim();
        var match = HeaderPattern().Match(text);
        if (!match.Success)
        {
            throw new InvalidDataException($"the .npy header is not a dictionary of 'descr', 'fortran_order' and 'shape': {Shorten(text)}");
        }

        var entries = EntryPattern().Matches(text);
        string? descr = null, order = null, shapeText = null;
        foreach (Match entry in entries)
        {
            var value = entry.Groups["value"].Value;
            switch (entry.Groups["key"].Value)
            {
                case "descr": Once(ref descr, value, "descr"); break;
                case "fortran_order": Once(ref order, value, "fortran_order"); break;
                case "shape": Once(ref shapeText, value, "shape"); break;
            }
        }

        if (descr is null || order is null || shapeText is null || entries.Count != 3)
        {
            throw new InvalidDataException($"the .npy header needs exactly 'descr', 'fortran_order' and 'shape': {Shorten(text)}");
        }

        var type = DescrPattern().Match(descr);
        if (!type.Success)
        {
            throw new InvalidDataException(
                $"element type {Shorten(descr)} is not supported; booleans, integers and floats of 1 to 8 bytes are (object arrays are pickles and never read).");
        }

        if (order is not ("True" or "False"))
        {
            throw new InvalidDataException($"'fortran_order' is {Shorten(order)}; it must be True or False.");
        }

        var itemSize = type.Groups["size"].Value[0] - '0';
        var shape = ParseShape(shapeText);
        long bytes = itemSize;
        foreach (var extent in shape.Where(extent => extent != 0))
        {
            bytes = bytes <= long.MaxValue / extent ? bytes * extent : throw new InvalidDataException($"shape {Shorten(shapeText)} is too large.");
        }

        if (shape.Contains(0))
        {
            bytes = 0;
        }

        var kind = type.Groups["kind"].Value;
        return new NpyHeader(
            (itemSize == 1 ? "|" : "<") + kind + itemSize, shape, (int)dataOffset, bytes, itemSize, type.Groups["order"].Value == ">", order == "True");
    }

    private static void Once(ref string? slot, string value, string key) =>
        slot = slot is null ? value : throw new InvalidDataException($"the .npy header names '{key}' twice.");

    private static int[] ParseShape(string text)
    {
        var parts = text.Trim('(', ')').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > 32)
        {
            throw new InvalidDataException($"the array has {parts.Length} dimensions; at most 32 are accepted.");
        }

        var shape = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw new InvalidDataException($"dimension {Shorten(parts[i])} of the shape is not a number from 0 to {int.MaxValue}.");
            }
        }

        return shape;
    }

    private static void ReverseElements(byte[] data, int itemSize)
    {
        for (var i = 0; i + itemSize <= data.Length; i += itemSize)
        {
            data.AsSpan(i, itemSize).Reverse();
        }
    }

    private static byte[] ToCOrder(byte[] data, int[] shape, int itemSize)
    {
        var result = new byte[data.Length];
        var index = new int[shape.Length];
        var strides = new long[shape.Length];
        long stride = itemSize;
        for (var d = 0; d < shape.Length; d++)
        {
            strides[d] = stride;
            stride *= shape[d];
        }

        for (var target = 0; target < data.Length; target += itemSize)
        {
            long source = 0;
            for (var d = 0; d < shape.Length; d++)
            {
                source += index[d] * strides[d];
            }

            data.AsSpan((int)source, itemSize).CopyTo(result.AsSpan(target));
            for (var d = shape.Length - 1; d >= 0 && ++index[d] == shape[d]; d--)
            {
                index[d] = 0;
            }
        }

        return result;
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";

    [GeneratedRegex("""^\{\s*('[a-z_]+'\s*:\s*('[^'\\]*'|True|False|\([0-9L,\s]*\))\s*(,\s*|(?=\})))*\}$""", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderPattern();

    [GeneratedRegex("""'(?<key>[a-z_]+)'\s*:\s*(?:'(?<value>[^'\\]*)'|(?<value>True|False|\([0-9L,\s]*\)))""", RegexOptions.CultureInvariant)]
    private static partial Regex EntryPattern();

    [GeneratedRegex("""^(?<order>[<>|=])(?:(?<kind>b)(?<size>1)|(?<kind>[iu])(?<size>[1248])|(?<kind>f)(?<size>[248]))$""", RegexOptions.CultureInvariant)]
    private static partial Regex DescrPattern();
}
