using System.Globalization;
using System.Text.Json;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Names of classes by their numbers, as the field's programs keep them in files.</summary>
/// <remarks>
/// One name a line in the order of the classes (retrain.py's output_labels.txt, any line end, with or without a byte order mark); <c>number:name</c> a line (slim's
/// labels.txt); two columns <c>number,name</c> with or without a header (Udacity's signnames.csv); JSON, a list of names, or an object from name to number
/// (Keras' class_indices) or from number to name. Stateless, hence thread-safe.
/// </remarks>
public static class ClassNames
{
    private static readonly char[] NumberEnds = [',', ';', '\t', ':'];

    /// <summary>Reads a file; the name of class i is element i.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">No names, a name twice, or numbers that leave a gap.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        string[] names;
        var lines = TextLines.Read(path);
        try
        {
            names = lines.Length > 0 && lines[0].TrimStart() is ['{' or '[', ..] ? FromJson(string.Join('\n', lines)) : FromLines(lines);
        }
        catch (Exception fault) when (fault is InvalidDataException or JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }

        var repeated = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any());
        return names.Length == 0 ? throw new InvalidDataException($"{path} names no classes; one name a line was expected.")
            : repeated is not null ? throw new InvalidDataException($"{path}: {repeated.Count()} classes are called '{repeated.Key}'; each needs a name of its own.")
            : names;
    }

    /// <summary>Names as the lines of a file, the last one ended too, as retrain.py writes output_labels.txt.</summary>
    /// <param name="names">The name of class i is element i.</param>
    /// <exception cref="InvalidDataException">A name holds a line break: it would be read as two classes, and those after it moved by one.</exception>
    public static string ToLines(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var broken = names.FirstOrDefault(name => name.ReplaceLineEndings("\n").Contains('\n', StringComparison.Ordinal));
        return broken is null
            ? string.Concat(names.Select(name => name + "\n"))
            : throw new InvalidDataException($"the label '{broken.ReplaceLineEndings("\\n")}' holds a line break, which a file of one label a line can not say. Rename the label.");
    }

    private static string[] FromLines(string[] lines)
    {
        var pairs = lines.Select(Numbered).ToArray();
        if (pairs.Length > 0 && pairs.All(pair => pair is not null))
        {
            return InOrder(pairs.Select(pair => pair!.Value));
        }

        if (pairs.Length > 1 && pairs[0] is null && pairs.Skip(1).All(pair => pair is not null))
        {
            return InOrder(pairs.Skip(1).Select(pair => pair!.Value));
        }

        string[] names = [.. lines.Select(line => line.Trim())];
        var empty = Array.IndexOf(names, "");
        return empty < 0 ? names : throw new InvalidDataException($"line {empty + 1} is empty; the name of class {empty} was expected.");
    }

    private static (int Number, string Name)? Numbered(string line)
    {
        var end = line.IndexOfAny(NumberEnds);
        return end > 0 && int.TryParse(line[..end].Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && line[(end + 1)..].Trim().Trim('"') is { Length: > 0 } name
            ? (number, name)
            : null;
    }

    private static string[] FromJson(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 });
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Array
            ? [.. root.EnumerateArray().Select(name => name.GetString() ?? throw new InvalidDataException("a name is null."))]
            : InOrder(root.EnumerateObject().Select(entry => entry.Value.ValueKind == JsonValueKind.Number
                ? (entry.Value.GetInt32(), entry.Name)
                : (int.Parse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture), entry.Value.GetString() ?? throw new InvalidDataException("a name is null."))));
    }

    private static string[] InOrder(IEnumerable<(int Number, string Name)> pairs)
    {
        var sorted = pairs.OrderBy(pair => pair.Number).ToArray();
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Number != i)
            {
                throw new InvalidDataException($"classes are numbered from 0 without a gap; {sorted[i].Number} ({sorted[i].Name}) stands where {i} was expected.");
            }
        }

        return [.. sorted.Select(pair => pair.Name)];
    }
}
