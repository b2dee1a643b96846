namespace MlTransfer.Features.Cache;

/// <summary>The folder of a cache, as the cache uses it.</summary>
internal abstract class CacheFolder
{
    public const string ManifestName = "manifest.json";
    public const string MatrixName = "features.npy";
    public const string IndexName = "index.bin";
    public const string LockName = "writer.lock";
    public const string TemporarySuffix = ".new";

    /// <summary>Full path, for messages.</summary>
    public abstract string FullPath { get; }

    public abstract bool Exists(string name);

    public abstract CacheFile OpenRead(string name);

    /// <summary>Opens a file for reading and writing; makes it when it is not there.</summary>
    public abstract CacheFile OpenWrite(string name);

    /// <summary>Gives the file <paramref name="name"/> this content, at once and durably: whoever looks sees the old or the new, whole.</summary>
    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        using (var file = OpenWrite(name + TemporarySuffix))
        {
            file.SetLength(0);
            file.Write(0, content);
            file.Flush();
        }

        Rename(name + TemporarySuffix, name);
    }

    /// <summary>Renames over an existing file and flushes the folder.</summary>
    public abstract void Rename(string from, string to);

    /// <summary>Flushes the folder's own entries, where the platform can.</summary>
    public abstract void Flush();

    /// <summary>The bytes of a small file.</summary>
    /// <exception cref="FeatureCacheException">Larger than <paramref name="maxBytes"/>.</exception>
    public byte[] ReadAll(string name, int maxBytes)
    {
        using var file = OpenRead(name);
        if (file.Length > maxBytes)
        {
            throw new FeatureCacheException($"{Path.Combine(FullPath, name)} has {file.Length} bytes; at most {maxBytes} were expected.");
        }

        var content = new byte[file.Length];
        return content[..file.Read(0, content)];
    }
}
