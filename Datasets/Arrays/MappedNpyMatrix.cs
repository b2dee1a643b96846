using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace MlTransfer.Datasets.Arrays;

/// <summary>A matrix in a .npy file that stays on the disk: rows are read through a memory map, so that a file larger than the memory can be walked over.</summary>
/// <remarks>
/// float16, float32 or float64, little-endian, C order, two-dimensional. The file must not be changed while it is open. Rows may be read from any thread;
/// disposing must come last.
/// </remarks>
public sealed unsafe partial class MappedNpyMatrix : IDisposable
{
    /// <summary>More than any header that the format allows us to read.</summary>
    private const int HeadBytes = 16 * 1024;

    private const int DontNeed = 4;

    /// <summary>Default of what <see cref="Open"/> lets stay in this program's memory.</summary>
    public const long DefaultResidentBytes = 1L << 30;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _data;
    private readonly int _itemBytes;
    private readonly long _rowBytes;
    private readonly bool _letsGo;
    private bool _disposed;

    private MappedNpyMatrix(string path, NpyHeader header, long residentBytes)
    {
        Rows = header.Shape[0];
        Columns = header.Shape[1];
        ElementType = header.Type.Descr;
        _itemBytes = header.Type.ItemBytes;
        _rowBytes = (long)Columns * _itemBytes;
        _letsGo = header.DataBytes > residentBytes && OperatingSystem.IsLinux();
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + _view.PointerOffset + header.DataOffset;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Numbers a row.</summary>
    public int Columns { get; }

    /// <summary>NumPy's type string: <c>&lt;f2</c>, <c>&lt;f4</c> or <c>&lt;f8</c>.</summary>
    public string ElementType { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">A .npy file.</param>
    /// <param name="residentBytes">Of a larger file, rows that were let go of no longer count as this program's memory; smaller ones stay, since reading them anew costs page faults. Default 1 GiB.</param>
    /// <exception cref="InvalidDataException">Not such a file, or not such a matrix; the message names the file, what was found and what was expected.</exception>
    public static MappedNpyMatrix Open(string path, long residentBytes = DefaultResidentBytes)
    {
        ArgumentNullException.ThrowIfNull(path);
        NpyHeader header;
        long length;
        try
        {
            using var stream = File.OpenRead(path);
            length = stream.Length;
            var head = new byte[Math.Min(length, HeadBytes)];
            stream.ReadExactly(head);
            header = NpyReader.ParseHeader(head);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }

        if (!IsMappable(header))
        {
            throw new InvalidDataException(
                $"{path}: {(header.Type.BigEndian ? "big-endian " : "")}{header.Type.Descr}, shape ({string.Join(", ", header.Shape)}){(header.FortranOrder ? ", Fortran order" : "")}; "
                + "a matrix (rows, columns) of little-endian float16, float32 or float64 in C order can be mapped. Save it as such, with numpy.ascontiguousarray say.");
        }

        if (length - header.DataOffset < header.DataBytes)
        {
            throw new InvalidDataException($"{path}: the header promises {header.DataBytes} bytes of data, the file has {length - header.DataOffset}; it is cut short.");
        }

        return header.Shape[1] > 0
            ? new MappedNpyMatrix(path, header, residentBytes)
            : throw new InvalidDataException($"{path}: shape ({string.Join(", ", header.Shape)}); rows without numbers hold no features.");
    }

    /// <summary>Whether a file begins with the header of a matrix that can be mapped.</summary>
    internal static bool CanOpen(string path)
    {
        using var stream = File.OpenRead(path);
        var head = new byte[Math.Min(stream.Length, HeadBytes)];
        stream.ReadExactly(head);
        return NpyReader.ParseHeader(head) is var header && IsMappable(header) && header.Shape[1] > 0;
    }

    /// <summary>Copies a row, as float32.</summary>
    /// <param name="row">0 … <see cref="Rows"/> − 1.</param>
    /// <param name="target">Exactly <see cref="Columns"/> numbers.</param>
    /// <exception cref="ArgumentException">There is no such row, or the target has another length.</exception>
    public void CopyRow(int row, Span<float> target)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if ((uint)row >= (uint)Rows || target.Length != Columns)
        {
            throw new ArgumentException($"row {row} into {target.Length} numbers; there are {Rows} rows of {Columns}.");
        }

        var source = _data + (row * _rowBytes);
        switch (_itemBytes)
        {
            case sizeof(float):
                new ReadOnlySpan<float>(source, Columns).CopyTo(target);
                break;
            case sizeof(double):
                for (var d = 0; d < target.Length; d++)
                {
                    target[d] = (float)((double*)source)[d];
                }

                break;
            default:
                HalfConversion.ToSingle(new ReadOnlySpan<Half>(source, Columns), target);
                break;
        }
    }

    /// <summary>Says that some rows are not needed for now; of a large file, they no longer count as this program's memory. They stay readable.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">How many.</param>
    public void Release(int first, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_letsGo || count <= 0)
        {
            return;
        }

        var page = (nuint)Environment.SystemPageSize;
        var start = ((nuint)(_data + (first * _rowBytes)) + page - 1) / page * page;
        var end = (nuint)(_data + (((long)first + count) * _rowBytes)) / page * page;
        if (end > start)
        {
            // Advice only: where the system does not take it, nothing is lost.
            _ = Advise((void*)start, end - start, DontNeed);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    private static bool IsMappable(NpyHeader header) => header.Shape.Length == 2 && header.Type is { Descr: "<f2" or "<f4" or "<f8", BigEndian: false }
        && (!header.FortranOrder || header.Shape[0] <= 1 || header.Shape[1] <= 1);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
