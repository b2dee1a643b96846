using System.Runtime.InteropServices;

namespace MlTransfer.Datasets.Arrays;

/// <summary>
/// One NumPy array in memory: element type, shape and the raw little-endian bytes in C order.
/// </summary>
/// <remarks>Format: NumPy Enhancement Proposal 1 (numpy.lib.format). Safe to read from any thread.</remarks>
public sealed class NpyArray
{
    internal NpyArray(string descr, int[] shape, byte[] data)
    {
        Descr = descr;
        Shape = shape;
        Data = data;
    }

    /// <summary>NumPy's type string, always little-endian or byte-order free: "&lt;f4", "|u1", "&lt;i8", "|b1" …</summary>
    public string Descr { get; }

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
        var itemSize = int.Parse(Descr.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture);
        if (System.Runtime.CompilerServices.Unsafe.SizeOf<T>() != itemSize)
        {
            throw new InvalidOperationException($"The array holds {Descr} ({itemSize} bytes an element), not {typeof(T).Name}.");
        }

        return MemoryMarshal.Cast<byte, T>(Data);
    }
}
