namespace MlTransfer.Datasets.Files;

/// <summary>Writes a folder of files whole or not at all: under a temporary name beside it, then renamed.</summary>
/// <remarks>Stateless, hence thread-safe.</remarks>
public static class WholeFolder
{
    /// <summary>Writes a folder.</summary>
    /// <param name="path">The folder. One that holds <paramref name="mark"/>, or nothing, is replaced.</param>
    /// <param name="mark">A file that tells a folder of this kind.</param>
    /// <param name="write">Writes the files into the folder it is given; what it throws goes on to the caller, and nothing is left behind.</param>
    /// <exception cref="IOException">There is a file of that name, or a folder with other things in it; or writing failed.</exception>
    public static void Write(string path, string mark, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(mark);
        ArgumentNullException.ThrowIfNull(write);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full))
        {
            throw new IOException($"{path} is a file; a folder is to be written. Name another, or remove it.");
        }

        if (Directory.Exists(full) && !File.Exists(Path.Combine(full, mark)) && Directory.EnumerateFileSystemEntries(full).Any())
        {
            throw new IOException($"The folder {path} holds other things and no {mark}; it is not replaced. Name another, or empty it.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var temporary = $"{full}.{Path.GetRandomFileName()}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            Replace(temporary, full);
        }
        catch
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            throw;
        }
    }

    private static void Replace(string temporary, string full)
    {
        if (!Directory.Exists(full))
        {
            Directory.Move(temporary, full);
            return;
        }

        var old = $"{full}.{Path.GetRandomFileName()}.old";
        Directory.Move(full, old);
        try
        {
            Directory.Move(temporary, full);
        }
        catch
        {
            Directory.Move(old, full);
            throw;
        }

        Directory.Delete(old, recursive: true);
    }
}
