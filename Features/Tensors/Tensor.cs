using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlTransfer.Features.Tensors;

/// <summary>
/// A dense array of one element type, C order, in managed memory. Several tensors may share one store (reshape does not copy), so a tensor
/// that has been handed over is not written to any more; reading is then safe from any thread.
/// </summary>
public sealed class Tensor
{
    private Tensor(DataType type, TensorShape shape, Array storage)
    {
        Type = type;
        Shape = shape;
        Storage = storage;
    }

    /// <summary>Element type.</summary>
    public DataType Type { get; }

    /// <summary>Extents.</summary>
    public TensorShape Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Shape.Count;

    /// <summary>The .NET array behind the tensor: float[] for Float32, byte[][] for String …; at least <see cref="Count"/> long.</summary>
    internal Array Storage { get; }

    /// <summary>Bytes that the elements take; of strings the sum of their lengths.</summary>
    internal long Bytes => Storage is byte[][] strings ? strings.Take(Count).Sum(text => (long)text.Length) : (long)Count * Type switch
    {
        DataType.Float64 or DataType.Int64 or DataType.UInt64 => 8,
        DataType.Float32 or DataType.Int32 or DataType.UInt32 or DataType.QInt32 => 4,
        DataType.Half or DataType.BFloat16 or DataType.Int16 or DataType.UInt16 or DataType.QInt16 or DataType.QUInt16 => 2,
        _ => 1,
    };

    /// <summary>Makes a tensor of zeros (empty strings for String).</summary>
    /// <exception cref="NotSupportedException">Tensors of <paramref name="type"/> cannot be held.</exception>
    public static Tensor Zeros(DataType type, TensorShape shape)
    {
        var storage = NewStorage(type, shape.Count);
        if (storage is byte[][] strings)
        {
            Array.Fill(strings, []);
        }

        return new Tensor(type, shape, storage);
    }

    /// <summary>Wraps an array, whose element type gives the tensor's (float[] Float32, byte[] UInt8, byte[][] String …).</summary>
    /// <param name="shape">Extents, whose product is the array's length.</param>
    /// <param name="values">The elements in C order; kept, not copied.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape, or no tensor has such elements.</exception>
    public static Tensor From(TensorShape shape, Array values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(TypeOf(values), shape, values);
    }

    /// <summary>Wraps an array as a tensor of a given type that is stored in such arrays (a byte[] as QUInt8, say).</summary>
    /// <exception cref="ArgumentException">The length does not fit the shape, or the type is not stored in such arrays.</exception>
    public static Tensor From(DataType type, TensorShape shape, Array values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.GetType() != NewStorage(type, 0).GetType())
        {
            throw new ArgumentException($"A tensor of {type} is not stored in {values.GetType().Name}.", nameof(values));
        }

        return values.Length == shape.Count
            ? new Tensor(type, shape, values)
            : throw new ArgumentException($"Shape {shape} has {shape.Count} elements, the array {values.Length}.", nameof(values));
    }

    /// <summary>A scalar string of bytes, as fed to a graph that decodes images itself.</summary>
    public static Tensor FromBytes(byte[] value) => new(DataType.String, TensorShape.Scalar, new byte[][] { value });

    /// <summary>The elements. Quantised types read as the integers that store them, BFloat16 as ushort.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not what stores this tensor's elements.</exception>
    public Span<T> AsSpan<T>()
    {
        if (Storage is T[] array && Storage.GetType() == typeof(T[]))
        {
            return array.AsSpan(0, Count);
        }

        throw new InvalidOperationException($"A tensor of {Type} is stored in {Storage.GetType().Name}, not {typeof(T).Name}[].");
    }

    /// <summary>The bytes of the elements, in the machine's order; none for String.</summary>
    /// <exception cref="InvalidOperationException">The elements are strings, which have no fixed size.</exception>
    internal ReadOnlySpan<byte> AsBytes() => Storage switch
    {
        byte[][] => throw new InvalidOperationException("A tensor of strings has no plain bytes."),
        Half[] halves => MemoryMarshal.AsBytes(halves.AsSpan(0, Count)),
        _ => MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(Storage), Buffer.ByteLength(Storage) / Math.Max(1, Storage.Length) * Count),
    };

    /// <summary>The same elements under another shape of as many elements; shares the store.</summary>
    public Tensor Reshape(TensorShape shape) => shape.Count == Count
        ? new Tensor(Type, shape, Storage)
        : throw new ArgumentException($"{Shape} has {Count} elements, {shape} has {shape.Count}.", nameof(shape));

    /// <summary>The same stored elements read as another type of the same storage (UInt8 as QUInt8, say).</summary>
    internal Tensor As(DataType type) => From(type, Shape, Storage);

    /// <summary>TensorFlow's name of a type: float, int32, quint8 …</summary>
    public static string NameOf(DataType type) => type switch
    {
        DataType.Float32 => "float",
        DataType.Float64 => "double",
        _ => type.ToString().ToLowerInvariant(),
    };

    private static Array NewStorage(DataType type, int count) => type switch
    {
        DataType.Float32 => new float[count],
        DataType.Float64 => new double[count],
        DataType.Half => new Half[count],
        DataType.BFloat16 or DataType.UInt16 or DataType.QUInt16 => new ushort[count],
        DataType.Int8 or DataType.QInt8 => new sbyte[count],
        DataType.UInt8 or DataType.QUInt8 => new byte[count],
        DataType.Int16 or DataType.QInt16 => new short[count],
        DataType.Int32 or DataType.QInt32 => new int[count],
        DataType.UInt32 => new uint[count],
        DataType.Int64 => new long[count],
        DataType.UInt64 => new ulong[count],
        DataType.Bool => new bool[count],
        DataType.String => new byte[count][],
        _ => throw new NotSupportedException($"Tensors of type {type} cannot be held."),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DataType TypeOf(Array values) => values switch
    {
        float[] when values.GetType() == typeof(float[]) => DataType.Float32,
        double[] => DataType.Float64,
        Half[] => DataType.Half,
        sbyte[] when values.GetType() == typeof(sbyte[]) => DataType.Int8,
        byte[] => DataType.UInt8,
        short[] when values.GetType() == typeof(short[]) => DataType.Int16,
        ushort[] => DataType.UInt16,
        int[] when values.GetType() == typeof(int[]) => DataType.Int32,
        uint[] => DataType.UInt32,
        long[] when values.GetType() == typeof(long[]) => DataType.Int64,
        ulong[] => DataType.UInt64,
        bool[] => DataType.Bool,
        byte[][] => DataType.String,
        _ => throw new ArgumentException($"No tensor is made of {values.GetType().Name}.", nameof(values)),
    };
}
