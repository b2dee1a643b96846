using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace MlTransfer.Datasets.Arrays;

/// <summary>
/// One NumPy array in memory: element type, shape and the raw little-endian bytes in C order.
/// </summary>
/// <remarks>Format: NumPy Enhancement Proposal 1 (numpy.lib.format). Safe to read from any thread.</remarks>
public sealed class NpyArray
{
    private readonly NpyElementType _type;

    internal NpyArray(NpyElementType type, int[] shape, byte[] data)
    {
        _type = type;
        Shape = shape;
        Data = data;
    }

    /// <summary>NumPy's type string, always little-endian or byte-order free: "&lt;f4", "|u1", "&lt;i8", "|b1", "&lt;U9" …</summary>
    public string Descr => _type.Descr;

    /// <summary>Bytes an element.</summary>
    public int ItemBytes => _type.ItemBytes;

    /// <summary>Extent of each dimension; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements' bytes, C order, little-endian.</summary>
    public byte[] Data { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Shape.Aggregate(1, (product, extent) => product * extent);

    /// <summary>The elements as <typeparamref name="T"/>, whose size must be the element's size.</summary>
    /// <exception cref="InvalidOperationException">The size of <typeparamref name="T"/> is not the element's.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() != ItemBytes)
        {
            throw new InvalidOperationException($"The array holds {Descr} ({ItemBytes} bytes an element), not {typeof(T).Name}.");
        }

        return MemoryMarshal.Cast<byte, T>(Data);
    }

    /// <summary>The elements of an array of texts (U: UTF-32, S: bytes, read as Latin-1), without the zero characters that fill them up.</summary>
    /// <exception cref="InvalidOperationException">The elements are no texts.</exception>
    /// <exception cref="InvalidDataException">An element is not valid UTF-32.</exception>
    public string[] AsText()
    {
        if (Descr[1] is not ('U' or 'S'))
        {
            throw new InvalidOperationException($"The array holds {Descr}, not texts.");
        }

        var encoding = Descr[1] == 'S' ? Encoding.Latin1 : new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true);
        var texts = new string[Count];
        for (var i = 0; i < texts.Length; i++)
        {
            try
            {
                texts[i] = encoding.GetString(Data, i * ItemBytes, ItemBytes).TrimEnd('\0');
            }
            catch (DecoderFallbackException fault)
            {
                throw new InvalidDataException($"element {i} of the array is not valid Unicode.", fault);
            }
        }

        return texts;
    }
}
