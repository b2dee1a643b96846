using System.IO.Compression;

namespace MlTransfer.Datasets.Arrays;

/// <summary>Reads NumPy's .npz files: a zip, stored or deflated, of .npy members.</summary>
/// <remarks>Member names are keys only and never become paths. Not thread-safe; open one a thread.</remarks>
public sealed class NpzReader : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly string _path;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Opens a .npz file and reads its directory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxArrayBytes">Largest member accepted once inflated, in bytes; default 1 GiB.</param>
    /// <exception cref="InvalidDataException">Not a zip, or two members of one name.</exception>
    public NpzReader(string path, long maxArrayBytes = 1L << 30)
    {
        _path = path;
        MaxArrayBytes = maxArrayBytes;
        var stream = File.OpenRead(path);
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (var entry in _archive.Entries)
            {
                var key = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                if (!_entries.TryAdd(key, entry))
                {
                    throw new InvalidDataException($"two members are named {key}.");
                }
            }
        }
        catch (Exception fault) when (IsFault(fault))
        {
            stream.Dispose();
            throw new InvalidDataException($"{path}: not a readable .npz file: {fault.Message}", fault);
        }
    }

    /// <summary>Largest member accepted once inflated, in bytes.</summary>
    public long MaxArrayBytes { get; }

    /// <summary>Names of the arrays, in the order of the zip's directory, without ".npy".</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Whether there is an array of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Reads one array.</summary>
    /// <exception cref="KeyNotFoundException">No array has this name.</exception>
    /// <exception cref="InvalidDataException">The member is damaged, too large or no .npy.</exception>
    public NpyArray Read(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw new KeyNotFoundException($"{_path} has no array '{name}'; it has {string.Join(", ", _entries.Keys.Take(20))}.");
        }

        if (entry.Length > MaxArrayBytes)
        {
            throw new InvalidDataException($"{_path}: array '{name}' takes {entry.Length} bytes; at most {MaxArrayBytes} are accepted.");
        }

        try
        {
            using var source = entry.Open();
            using var memory = new MemoryStream();
            var block = new byte[81_920];
            int read;
            while ((read = source.Read(block)) > 0)
            {
                memory.Write(block, 0, read);
                if (memory.Length > entry.Length)
                {
                    throw new InvalidDataException($"the member inflates to more than the {entry.Length} bytes that the zip's directory states.");
                }
            }

            var member = memory.GetBuffer().AsSpan(0, (int)memory.Length);
            if (Crc32.Of(member) != entry.Crc32)
            {
                throw new InvalidDataException("the member does not match its CRC-32; the file is damaged.");
            }

            return NpyReader.Parse(member);
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw new InvalidDataException($"{_path}: array '{name}': {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    /// <summary>What ZipArchive and its streams throw for files that are cut short, damaged, or packed by methods other than store and deflate.</summary>
    private static bool IsFault(Exception fault) => fault is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException;
}
