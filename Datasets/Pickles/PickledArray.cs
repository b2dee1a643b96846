using System.Numerics;
using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Pickles;

/// <summary>A NumPy array as a pickle builds it. The elements stay where they are in the file until <see cref="ToArray"/>.</summary>
internal sealed class PickledArray
{
    /// <summary>Most dimensions of an array; NumPy's own limit (NPY_MAXDIMS of NumPy 2).</summary>
    private const int MaxDimensions = 64;

    private NpyElementType? _type;
    private long[] _strides = [];
    private ReadOnlyMemory<byte> _data;

    /// <summary>Extent of each dimension; (0) until the array is built.</summary>
    public int[] Shape { get; private set; } = [0];

    /// <summary>Element type in NumPy's spelling; empty until the array is built.</summary>
    public string Descr => _type?.Descr ?? "";

    /// <summary>Reads the arguments of <c>_frombuffer(buffer, dtype, shape, order[, axis_order])</c>.</summary>
    public static PickledArray FromBuffer(object[] arguments)
    {
        if (arguments is not [ReadOnlyMemory<byte> data, PickledDType type, _, string order, ..] || arguments.Length > 5)
        {
            throw new InvalidDataException("an array's buffer, type, shape and order are not what NumPy writes.");
        }

        var array = new PickledArray();
        if (order is "C" or "F")
        {
            array.Fill(arguments[2], type, order == "F", data);
        }
        else if (order == "K" && arguments is [_, _, _, _, object[] axes])
        {
            array.Fill(arguments[2], type, fortranOrder: false, data);
            array.Transpose(axes);
        }
        else
        {
            throw new InvalidDataException("an array's order is none of C, F and K.");
        }

        return array;
    }

    /// <summary>Takes the state ([version,] shape, dtype, fortran order, data).</summary>
    public void Build(object state)
    {
        if (state is not object[] { Length: 4 or 5 } items || (items.Length == 5 && items[0] is not (0L or 1L)))
        {
            throw new InvalidDataException("the state of an array is none that NumPy writes.");
        }

        items = items[^4..];
        bool? fortran = items[2] switch
        {
            bool truth => truth,
            0L => false,
            1L => true,
            _ => null,
        };
        if (items[1] is not PickledDType type || fortran is not { } fortranOrder)
        {
            throw new InvalidDataException("the state of an array has no element type or no order.");
        }

        var elements = type.Resolve();
        if (items[3] is not ReadOnlyMemory<byte> data)
        {
            throw new InvalidDataException($"the elements of an array of {elements.Descr} are {PickledKind.Of(items[3])}; bytes were expected.");
        }

        Fill(items[0], type, fortranOrder, data);
    }

    /// <summary>The array with its elements copied, little-endian and in C order.</summary>
    public NpyArray ToArray() => _type is null
        ? throw new InvalidDataException("an array has no elements: the pickle never fills it.")
        : NpyReader.FromRaw(_type, Shape, _strides, _data.Span);

    private void Fill(object shape, PickledDType type, bool fortranOrder, ReadOnlyMemory<byte> data)
    {
        var elements = type.Resolve();
        if (shape is not object[] extents)
        {
            throw new InvalidDataException($"the shape of an array is {PickledKind.Of(shape)}; a tuple was expected.");
        }

        if (extents.Length > MaxDimensions)
        {
            throw new InvalidDataException($"an array has {extents.Length} dimensions; at most {MaxDimensions} are possible.");
        }

        int[] checkedShape = [.. extents.Select(extent => Extent(extent))];
        Int128 bytes = elements.ItemBytes;
        foreach (var extent in checkedShape)
        {
            bytes = Int128.Min(bytes * extent, long.MaxValue);
        }

        var count = checkedShape.Aggregate((Int128)1, (product, extent) => Int128.Min(product * extent, long.MaxValue));
        if (bytes != data.Length || (elements.ItemBytes == 0 && count > 0))
        {
            throw new InvalidDataException(
                $"an array of shape ({string.Join(", ", checkedShape)}) and type {elements.Descr} takes {bytes} bytes; {data.Length} are there.");
        }

        (_type, Shape, _data) = (elements, checkedShape, data);
        _strides = NpyReader.Strides(checkedShape, elements.ItemBytes, fortranOrder);
    }

    private void Transpose(object[] axes)
    {
        if (axes.Length != Shape.Length || !axes.OfType<long>().Order().SequenceEqual(Enumerable.Range(0, Shape.Length).Select(axis => (long)axis)))
        {
            throw new InvalidDataException($"the order of axes of an array of {Shape.Length} dimensions is no order of them.");
        }

        var (shape, strides) = (Shape, _strides);
        Shape = [.. axes.Select(axis => shape[(long)axis])];
        _strides = [.. axes.Select(axis => strides[(long)axis])];
    }

    private static int Extent(object extent) => extent switch
    {
        long value and >= 0 and <= int.MaxValue => (int)value,
        long or BigInteger => throw new InvalidDataException($"an array has a dimension of {PickledKind.Brief(extent)}; 0 to {int.MaxValue} is possible."),
        _ => throw new InvalidDataException($"a dimension of an array is {PickledKind.Of(extent)}; a whole number was expected."),
    };
}
