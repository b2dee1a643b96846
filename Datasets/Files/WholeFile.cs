using System.Text;

namespace MlTransfer.Datasets.Files;

/// <summary>
/// Writes a file whole or not at all: under a temporary name beside it, flushed to the disk, then renamed. Who reads the file never sees a part of it,
/// and a full disk or a kill leaves the file that was there. A device or a pipe, such as /dev/stdout or /dev/null, is written to and stays what it is.
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
        if (OpenDevice(full) is { } device)
        {
            using (device)
            {
                WriteThrough(device, write);
            }

            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var temporary = TemporaryNameFor(full);
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

    /// <summary>A name beside the file that no other file has, as long as the file's own may be.</summary>
    private static string TemporaryNameFor(string full)
    {
        // File systems take names of 255 bytes.
        const int longest = 255;
        var suffix = $".{Path.GetRandomFileName()}.tmp";
        var name = Path.GetFileName(full);
        return Encoding.UTF8.GetByteCount(name) + suffix.Length <= longest ? full + suffix : Path.Combine(Path.GetDirectoryName(full)!, suffix);
    }

    /// <summary>What a path leads to, if it is no file that can be replaced.</summary>
    private static Stream? OpenDevice(string full)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(full))
        {
            return null;
        }

        if (full == "/dev/stdout")
        {
            // Opened by its name, a redirected stream would be written from its beginning.
            return Console.OpenStandardOutput();
        }

        // Shared memory is a place for files.
        var isDevice = (full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal))
            || full.StartsWith("/proc/", StringComparison.Ordinal);
        if (!isDevice && RegularFile.Length(full) > 0)
        {
            return null;
        }

        if (!isDevice && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } target)
        {
            return OpenDevice(target.FullName);
        }

        // Pipes lie anywhere; they can not seek. One is opened once, for who reads it would take closing it for the end.
        var opened = new FileStream(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (isDevice || !opened.CanSeek)
        {
            return opened;
        }

        opened.Dispose();
        return null;
    }

    /// <summary>Writes to a device by way of a file, for writers may seek.</summary>
    private static void WriteThrough(Stream device, Action<Stream> write)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose };
        using var content = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
        write(content);
        content.Position = 0;
        content.CopyTo(device);
    }
}
