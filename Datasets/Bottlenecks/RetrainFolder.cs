using System.Buffers.Text;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Reads the bottleneck folder of TensorFlow's retrain.py: one folder a class, in it one text file an image, its numbers separated by commas.</summary>
/// <remarks>
/// A file is called IMAGE_NETWORK.txt (as by retrain.py's get_bottleneck_path), for example <c>rose.jpg_inception_v3.txt</c>. Numbers are read to the
/// nearest float32. Rows come in natural order of class and image; other files than .txt are not looked at. Stateless, hence thread-safe.
/// </remarks>
public static class RetrainFolder
{
    private const long MaxFileBytes = 1L << 28;
    private static readonly string[] ImageEndings = [".jpg", ".jpeg", ".png", ".bmp", ".gif"];

    /// <summary>The text files of a folder with the class of each, in the order of the rows.</summary>
    /// <param name="folder">The bottleneck folder.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static IReadOnlyList<(string Path, string Label)> FilesOf(string folder)
    {
        var files = Directory.GetDirectories(folder)
            .Where(label => !Path.GetFileName(label).StartsWith('.'))
            .OrderBy(label => Path.GetFileName(label), PathOrder.Natural)
            .SelectMany(label => Directory.GetFiles(label, "*.txt").OrderBy(file => Path.GetFileName(file), PathOrder.Natural).Select(file => (file, Path.GetFileName(label))))
            .ToArray();
        return files.Length > 0
            ? files
            : throw new InvalidDataException($"{folder}: no bottleneck files; folders of classes with IMAGE_NETWORK.txt in them were expected, as retrain.py writes them.");
    }

    /// <summary>Reads all files.</summary>
    /// <param name="folder">The bottleneck folder.</param>
    /// <exception cref="InvalidDataException">A file holds something else than finite numbers, or another count of them than the first; or an image has two files.</exception>
    public static BottleneckSet Read(string folder)
    {
        var files = FilesOf(folder);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        float[] features = [];
        var dimension = 0;
        for (var row = 0; row < files.Count; row++)
        {
            var (path, label) = files[row];
            var name = $"{label}/{ImageOf(Path.GetFileName(path))}";
            if (!names.TryAdd(name, path))
            {
                throw new InvalidDataException($"{path}: a second file for {name}, beside {names[name]}. Keep the files of one network only.");
            }

            var values = ReadRow(path);
            if (row == 0)
            {
                dimension = values.Length;
                features = (long)files.Count * dimension <= Array.MaxLength
                    ? new float[files.Count * dimension]
                    : throw new InvalidDataException($"{folder}: {files.Count} rows of {dimension} numbers are more than can be read at once.");
            }
            else if (values.Length != dimension)
            {
                throw new InvalidDataException($"{path}: {values.Length} numbers; {files[0].Path} has {dimension}. Delete the file that is wrong, retrain.py writes it anew.");
            }

            values.CopyTo(features, row * dimension);
        }

        return new BottleneckSet(features, [files.Count, dimension], labels: null, [.. files.Select(file => file.Label)], [.. names.Keys]);
    }

    /// <summary>Reads the numbers of one file.</summary>
    internal static float[] ReadRow(string path)
    {
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        if (length > MaxFileBytes)
        {
            throw new InvalidDataException($"{path}: {length} bytes; the numbers of one image take at most {MaxFileBytes}.");
        }

        var text = File.ReadAllBytes(path).AsSpan().Trim(" \t\r\n"u8);
        var values = new float[text.Count((byte)',') + 1];
        for (var i = 0; i < values.Length; i++)
        {
            var end = text.IndexOf((byte)',');
            var item = (end < 0 ? text : text[..end]).Trim((byte)' ');
            if (!Utf8Parser.TryParse(item, out float value, out var used) || used != item.Length || !float.IsFinite(value))
            {
                throw new InvalidDataException($"{path}: number {i + 1} is '{Printable(item)}'; a finite number was expected, with a point, and commas between numbers.");
            }

            values[i] = value;
            text = text[(end + 1)..];
        }

        return values;
    }

    /// <summary>The image's name: up to and with its ending; without one, all but .txt.</summary>
    private static string ImageOf(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var cut = ImageEndings
            .Select(ending => (Start: name.LastIndexOf(ending, StringComparison.OrdinalIgnoreCase), ending.Length))
            .Where(found => found.Start > 0 && (found.Start + found.Length == name.Length || name[found.Start + found.Length] == '_'))
            .Select(found => found.Start + found.Length)
            .DefaultIfEmpty(name.Length)
            .Max();
        return name[..cut];
    }

    private static string Printable(ReadOnlySpan<byte> text)
    {
        var shown = text[..Math.Min(text.Length, 40)].ToArray();
        return new string([.. shown.Select(letter => letter is >= 0x20 and < 0x7f ? (char)letter : '?')]);
    }
}
