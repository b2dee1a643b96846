namespace MlTransfer.Features.Cache;

/// <summary>An open file of a cache: what the cache needs of a file system, so that tests can let each step fail.</summary>
internal abstract class CacheFile : IDisposable
{
    public abstract long Length { get; }

    /// <summary>Fills <paramref name="destination"/>, or as much of it as the file has.</summary>
    public abstract int Read(long offset, Span<byte> destination);

    /// <summary>Writes all bytes, lengthening the file as needed.</summary>
    public abstract void Write(long offset, ReadOnlySpan<byte> data);

    public abstract void SetLength(long length);

    /// <summary>Returns once everything written is on the disk (fsync).</summary>
    public abstract void Flush();

    public abstract void Dispose();
}
