using System.Buffers.Binary;

namespace MlTransfer.Datasets.Arrays;

/// <summary>Reads safetensors files: the whole header is checked when the file is opened, tensors are read one by one.</summary>
/// <remarks>
/// Source: the format section of Hugging Face's safetensors README. As there, tensors must cover the data without gap, overlap or rest, and names are
/// unique. Nothing is allocated before the header's claims are checked against the bytes that are there. Safe to use from several threads.
/// </remarks>
public sealed class SafetensorsReader : IDisposable
{
    /// <summary>Longest header accepted, in bytes: the reference implementation's limit.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private const int LengthBytes = 8;

    private readonly FileStream _stream;
    private readonly string _path;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The .safetensors file.</param>
    /// <exception cref="InvalidDataException">Not a readable safetensors file; the message names the file and the fault.</exception>
    public SafetensorsReader(string path)
    {
        _path = path;
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            Span<byte> prefix = stackalloc byte[LengthBytes];
            if (_stream.ReadAtLeast(prefix, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
            {
                throw new InvalidDataException($"not a safetensors file: it has {_stream.Length} bytes, the length of the header alone takes {LengthBytes}.");
            }

            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            var rest = (ulong)(_stream.Length - LengthBytes);
            if (headerLength > rest || headerLength > MaxHeaderBytes)
            {
                throw new InvalidDataException(
                    $"the header claims {headerLength} bytes; {rest} follow in the file, and at most {MaxHeaderBytes} are accepted. It is cut short or not a safetensors file.");
            }

            var header = new byte[(int)headerLength];
            _stream.ReadExactly(header);
            _dataStart = LengthBytes + (long)headerLength;
            _header = SafetensorsHeader.Parse(header, _stream.Length - _dataStart);
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            _stream.Dispose();
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _header.Tensors;

    /// <summary>The free text pairs of <c>__metadata__</c>; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The bytes of one tensor, little-endian, C order.</summary>
    /// <exception cref="KeyNotFoundException">No tensor has this name.</exception>
    /// <exception cref="InvalidDataException">The tensor is larger than an array can be, or the file was cut meanwhile.</exception>
    public byte[] ReadBytes(string name)
    {
        var entry = Find(name);
        if (entry.ByteCount > Array.MaxLength)
        {
            throw new InvalidDataException($"{_path}: tensor '{name}' takes {entry.ByteCount} bytes; at most {Array.MaxLength} can be read at once.");
        }

        var bytes = new byte[entry.ByteCount];
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(_stream.SafeFileHandle, bytes.AsSpan(done), _dataStart + entry.Begin + done);
            if (read == 0)
            {
                throw new InvalidDataException($"{_path}: the file ends within tensor '{name}'; it was cut while it was read.");
            }

            done += read;
        }

        return bytes;
    }

    /// <summary>One tensor of F32, F16, BF16 or F64 as float32 numbers (F64 is rounded).</summary>
    /// <exception cref="KeyNotFoundException">No tensor has this name.</exception>
    /// <exception cref="InvalidDataException">The tensor's type is another.</exception>
    public float[] ReadFloat32(string name)
    {
        var type = Find(name).Type;
        if (type is not ("F32" or "F16" or "BF16" or "F64"))
        {
            throw new InvalidDataException($"{_path}: tensor '{name}' is of type {type}; F32, F16, BF16 or F64 was expected.");
        }

        var bytes = ReadBytes(name);
        var values = new float[bytes.Length / SafetensorsTypes.Sizes[type]];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = type switch
            {
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i)),
                "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(2 * i)),
                "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * i)) << 16),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(8 * i)),
            };
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private SafetensorsEntry Find(string name) => Tensors.TryGetValue(name, out var entry)
        ? entry
        : throw new KeyNotFoundException($"{_path} has no tensor '{name}'; it has {string.Join(", ", Tensors.Keys.Take(20))}.");
}
