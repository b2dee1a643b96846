using Microsoft.Win32.SafeHandles;

namespace MlTransfer.Features.Cache;

/// <summary>A cache's file on a disk. Positioned reads and writes: no shared file pointer, safe to read from any thread.</summary>
internal sealed class DiskFile(SafeFileHandle handle) : CacheFile
{
    public override long Length => RandomAccess.GetLength(handle);

    public override int Read(long offset, Span<byte> destination)
    {
        var done = 0;
        while (done < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[done..], offset + done);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    public override void Write(long offset, ReadOnlySpan<byte> data) => RandomAccess.Write(handle, data, offset);

    public override void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public override void Flush() => RandomAccess.FlushToDisk(handle);

    public override void Dispose() => handle.Dispose();
}
