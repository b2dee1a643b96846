using System.Buffers.Binary;
using System.Text;

namespace MlTransfer.Datasets.Arrays;

/// <summary>Reads NumPy's .npy files, versions 1 to 3: booleans, integers, floats, complex numbers and texts (S, U), either byte order, C or Fortran order.</summary>
/// <remarks>
/// Source: numpy.lib.format. Object arrays (which are pickles) and structured types are refused. Nothing is allocated from the header alone:
/// the element count is checked against the bytes that are there. Bytes after the array are left alone, as NumPy does. Stateless, hence thread-safe.
/// </remarks>
public static class NpyReader
{
    /// <summary>Longest header accepted, in bytes; NumPy's own limit (max_header_size).</summary>
    private const int MaxHeaderBytes = 10_000;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads one array from a file.</summary>
    /// <param name="path">The .npy file.</param>
    /// <exception cref="InvalidDataException">Not a readable .npy file; the message names the file and the fault.</exception>
    public static NpyArray Read(string path)
    {
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        if (length > Array.MaxLength)
        {
            throw new InvalidDataException($"{path}: {length} bytes; at most {Array.MaxLength} can be read at once.");
        }

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
                $"the header promises {header.DataBytes} bytes of data ({header.Type.Descr}, shape ({string.Join(", ", header.Shape)})), the file has {body.Length}; it is cut short.");
        }

        return FromRaw(header.Type, header.Shape, Strides(header.Shape, header.Type.ItemBytes, header.FortranOrder), body[..(int)header.DataBytes]);
    }

    /// <summary>Turns stored elements, whose count was checked against the shape, into little-endian ones in C order.</summary>
    /// <param name="type">Element type and byte order of <paramref name="data"/>.</param>
    /// <param name="shape">Extent of each dimension.</param>
    /// <param name="strides">Bytes from one element to the next along each dimension; they cover <paramref name="data"/> once.</param>
    /// <param name="data">The elements.</param>
    internal static NpyArray FromRaw(NpyElementType type, int[] shape, long[] strides, ReadOnlySpan<byte> data)
    {
        var ordered = strides.AsSpan().SequenceEqual(Strides(shape, type.ItemBytes, fortranOrder: false)) ? data.ToArray() : ToCOrder(data, shape, strides, type.ItemBytes);
        if (type.BigEndian)
        {
            ReverseUnits(ordered, type.UnitBytes);
        }

        return new NpyArray(type, shape, ordered);
    }

    /// <summary>Bytes from one element to the next along each dimension of an array without gaps.</summary>
    internal static long[] Strides(int[] shape, int itemBytes, bool fortranOrder)
    {
        var strides = new long[shape.Length];
        long stride = itemBytes;
        for (var i = 0; i < shape.Length; i++)
        {
            var d = fortranOrder ? i : shape.Length - 1 - i;
            strides[d] = stride;
            stride *= Math.Max(1, shape[d]);
        }

        return strides;
    }

    /// <summary>Reads and checks the header alone; the data need not be in <paramref name="file"/>.</summary>
    internal static NpyHeader ParseHeader(ReadOnlySpan<byte> file)
    {
        if (file.Length < 10 || !file[..6].SequenceEqual(Magic))
        {
            throw new InvalidDataException(@"not a .npy file: it does not begin with \x93NUMPY, a version and a length.");
        }

        var version = file[6];
        if (version is < 1 or > 3 || file[7] != 0)
        {
            throw new InvalidDataException($".npy version {version}.{file[7]} is not known; versions 1.0, 2.0 and 3.0 are.");
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
            throw new InvalidDataException($"the .npy header claims {headerLength} bytes; the file has {file.Length} (a header has at most {MaxHeaderBytes}).");
        }

        var text = (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(file.Slice(8 + lengthBytes, (int)headerLength));
        var (descr, fortranOrder, shape) = NpyHeaderText.Parse(text);
        var type = NpyElementType.Parse(descr);
        long bytes = type.ItemBytes;
        foreach (var extent in shape.Where(extent => extent != 0))
        {
            bytes = bytes <= long.MaxValue / extent ? bytes * extent : throw new InvalidDataException($"shape ({string.Join(", ", shape)}) is too large.");
        }

        var empty = shape.Contains(0);
        if (type.ItemBytes == 0 && !empty && shape.Aggregate(1L, (product, extent) => Math.Min(product * extent, 1L << 31)) > file.Length)
        {
            throw new InvalidDataException($"shape ({string.Join(", ", shape)}) of elements without bytes is too large.");
        }

        return new NpyHeader(type, shape, (int)dataOffset, empty ? 0 : bytes, fortranOrder);
    }

    private static void ReverseUnits(byte[] data, int unitBytes)
    {
        for (var i = 0; i + unitBytes <= data.Length; i += unitBytes)
        {
            data.AsSpan(i, unitBytes).Reverse();
        }
    }

    private static byte[] ToCOrder(ReadOnlySpan<byte> data, int[] shape, long[] strides, int itemBytes)
    {
        var result = new byte[data.Length];
        if (itemBytes == 0)
        {
            return result;
        }

        var index = new int[shape.Length];
        for (var target = 0; target < data.Length; target += itemBytes)
        {
            long source = 0;
            for (var d = 0; d < shape.Length; d++)
            {
                source += index[d] * strides[d];
            }

            data.Slice((int)source, itemBytes).CopyTo(result.AsSpan(target));
            for (var d = shape.Length - 1; d >= 0 && ++index[d] == shape[d]; d--)
            {
                index[d] = 0;
            }
        }

        return result;
    }
}
