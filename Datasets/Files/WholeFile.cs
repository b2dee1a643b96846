namespace MlTransfer.Datasets.Files;

/// <summary>
/// Writes a file whole or not at all: under a temporary name beside it, flushed to the disk, then renamed. Who reads the file never sees a part of it,
/// and a full disk or a kill leaves the file that was there.
/// </summary>
/// <remarks>Stateless, hence thread-safe.</remarks>
public static class WholeFile
{
    /// <summary>Writes a file; its folder is made where it is missing.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="write">Writes the content; what it throws goes on to the caller, and nothing is left behind.</param>
    /// <exception cref="IOException">The file can not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var temporary = $"{full}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes bytes as a file; see <see cref="Write(string, Action{Stream})"/>.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="content">The content.</param>
    public static void Write(string path, byte[] content) => Write(path, stream => stream.Write(content));
}
