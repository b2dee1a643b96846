namespace MlTransfer.Datasets.Pickles;

/// <summary>Reads a file that is parsed as a whole, and names it in errors.</summary>
internal static class PickleFile
{
    /// <summary>Reads and parses.</summary>
    /// <exception cref="InvalidDataException">Too large, or refused by <paramref name="parse"/>; the message begins with the path.</exception>
    public static T Read<T>(string path, Func<ReadOnlyMemory<byte>, T> parse)
    {
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        if (length > Array.MaxLength)
        {
            throw new InvalidDataException($"{path}: {length} bytes; at most {Array.MaxLength} can be read at once.");
        }

        try
        {
            return parse(File.ReadAllBytes(path));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }
}
