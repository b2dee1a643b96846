namespace MlTransfer.Datasets.Files;

/// <summary>Reads files that are found rather than named, where a pipe or a device, or a link to one, may lie among them: opening such a one could wait for ever.</summary>
/// <remarks>Stateless, hence thread-safe.</remarks>
public static class RegularFile
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="maxBytes">Longest file that is read.</param>
    /// <returns>Its bytes; none for what has no length, which a pipe, a socket or a device has not, without opening it.</returns>
    /// <exception cref="IOException">It is not there, can not be read, or is too long.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path, long maxBytes = int.MaxValue)
    {
        var length = Length(path);
        return length == 0 ? []
            : length <= Math.Min(maxBytes, Array.MaxLength) ? File.ReadAllBytes(path)
            : throw new IOException($"the file has {length} bytes; at most {Math.Min(maxBytes, Array.MaxLength)} are read");
    }

    /// <summary>Length in bytes of a file, links followed; 0 for a pipe, a socket or a device. Opens nothing.</summary>
    internal static long Length(string path)
    {
        var file = new FileInfo(path);

        // Of a link the framework tells the length of the link. What a shell hands over (/dev/fd/63) leads to nothing that has a name, and is read as it is.
        return file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target ? target.Length : file.Length;
    }
}
