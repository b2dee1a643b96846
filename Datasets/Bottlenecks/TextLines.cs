using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>The lines of a small text file: any line end, with or without a byte order mark or a last line end.</summary>
internal static class TextLines
{
    /// <summary>Reads all lines; empty ones at the end are left out.</summary>
    /// <exception cref="InvalidDataException">Not a text file.</exception>
    public static string[] Read(string path)
    {
        try
        {
            var lines = CsvText.Read(Path.GetFullPath(path), null).ReplaceLineEndings("\n").Split('\n');
            return lines[..(Array.FindLastIndex(lines, line => line.Trim().Length > 0) + 1)];
        }
        catch (DatasetException fault)
        {
            throw new InvalidDataException(fault.Message, fault);
        }
    }
}
