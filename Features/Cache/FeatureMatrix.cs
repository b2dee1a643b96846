using System.Runtime.InteropServices;
using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Features.Cache;

/// <summary>The matrix's file: a plain .npy of float32 rows behind a header of fixed length, which is rewritten as rows are added.</summary>
/// <remarks>Rows go to the file as they come, beyond what the header speaks of; they count once the index has them.</remarks>
internal sealed class FeatureMatrix : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly CacheFile _file;
    private readonly int _rowBytes;
    private byte[]? _buffer;
    private int _buffered;

    public FeatureMatrix(CacheFile file, int dimension)
    {
        _file = file;
        Dimension = dimension;
        _rowBytes = checked(dimension * sizeof(float));
    }

    public int Dimension { get; }

    /// <summary>Bytes a row.</summary>
    public int RowBytes => _rowBytes;

    /// <summary>Whole rows that the file has.</summary>
    public long RowsOnFile => Math.Max(0, _file.Length - NpyWriter.HeaderBytes) / _rowBytes;

    /// <summary>Bytes after the first <paramref name="rows"/> rows.</summary>
    public long BytesAfter(int rows) => _file.Length - Offset(rows);

    /// <summary>The header that belongs to so many rows.</summary>
    public byte[] Header(int rows) => NpyWriter.Header("<f4", rows, Dimension);

    public bool HasHeader(int rows)
    {
        var found = new byte[NpyWriter.HeaderBytes];
        return _file.Read(0, found) == found.Length && found.AsSpan().SequenceEqual(Header(rows));
    }

    public void WriteHeader(int rows) => _file.Write(0, Header(rows));

    /// <summary>Cuts the file after so many rows, and lets go of rows not yet written.</summary>
    public void Truncate(int rows)
    {
        _buffered = 0;
        _file.SetLength(Offset(rows));
    }

    /// <summary>Adds a row behind <paramref name="rows"/> others and returns the CRC-32C of its bytes.</summary>
    public uint Append(int rows, ReadOnlySpan<float> features)
    {
        var bytes = MemoryMarshal.AsBytes(features);
        _buffer ??= new byte[Math.Max(BufferBytes / _rowBytes, 1) * _rowBytes];
        if (_buffered == _buffer.Length)
        {
            WriteBuffer(rows);
        }

        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += _rowBytes;
        return Crc32C.Of(bytes);
    }

    /// <summary>Writes what is still in memory; <paramref name="rows"/> is the count of all rows, those in memory included.</summary>
    public void WriteBuffer(int rows)
    {
        if (_buffered > 0)
        {
            _file.Write(Offset(rows) - _buffered, _buffer.AsSpan(0, _buffered));
            _buffered = 0;
        }
    }

    public void Flush() => _file.Flush();

    /// <summary>Reads the bytes of one row; false when the file ends before.</summary>
    public bool TryRead(int row, Span<byte> destination) => _file.Read(Offset(row), destination) == destination.Length;

    public void Dispose() => _file.Dispose();

    private long Offset(int row) => NpyWriter.HeaderBytes + ((long)row * _rowBytes);
}
