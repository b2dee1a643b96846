using MlTransfer.Datasets.Pickles;
using MlTransfer.Datasets.Records;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Reads bottleneck features of other programs, whichever of the known layouts they have.</summary>
/// <remarks>The layout is told by the file's first bytes, and by its name only where these say nothing. Stateless, hence thread-safe.</remarks>
public static class BottleneckSource
{
    private const int HeadBytes = 16;

    /// <summary>The layout of a source.</summary>
    /// <param name="path">A file, a folder, or what the names of ML.NET's two files have in common.</param>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    public static BottleneckFormat FormatOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            return BottleneckFormat.RetrainFolder;
        }

        if (!File.Exists(path))
        {
            return File.Exists(MlNetCache.FilesOf(path).Features)
                ? BottleneckFormat.MlNet
                : throw new FileNotFoundException($"{path} does not exist: neither a file or folder of that name, nor {MlNetCache.FilesOf(path).Features}.");
        }

        Span<byte> head = stackalloc byte[HeadBytes];
        using (var stream = File.OpenRead(path))
        {
            head = head[..stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
        }

        return head switch
        {
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => BottleneckFormat.Npy,
            [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => BottleneckFormat.Npz,
            _ when TfRecordReader.IsRecordFile(head) => BottleneckFormat.TfRecord,
            _ => ByName(path),
        };
    }

    /// <summary>Reads a source.</summary>
    /// <param name="path">As for <see cref="FormatOf"/>.</param>
    /// <param name="options">What the user says beside; null for nothing.</param>
    /// <exception cref="InvalidDataException">Damaged, hostile, or no features; the message names file and reason.</exception>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    public static BottleneckSet Read(string path, BottleneckReadOptions? options = null)
    {
        options ??= new BottleneckReadOptions();
        var format = FormatOf(path);
        if (options.LabelColumn is not null && format != BottleneckFormat.Csv)
        {
            throw new InvalidDataException($"{path}: a label column ({options.LabelColumn}) can be named of a table only; this is {Describe(format)}.");
        }

        var set = format switch
        {
            BottleneckFormat.RetrainFolder => RetrainFolder.Read(path),
            BottleneckFormat.MlNet => MlNetCache.Read(path),
            BottleneckFormat.Npy => NpyFeatures.Read(path, options),
            BottleneckFormat.Npz => NpzFeatures.Read(path),
            BottleneckFormat.Csv => CsvFeatures.Read(path, options),
            BottleneckFormat.TfRecord => TfRecordFeatures.Read(path),
            _ => BottleneckPickle.Read(path),
        };
        if (options.LabelsFile is not { } labels || format == BottleneckFormat.Npy)
        {
            return set;
        }

        var (numbers, texts) = LabelFile.Read(labels, set.Rows);
        return set.WithLabels(numbers, texts);
    }

    /// <summary>All files that a source is read from, for a digest of them; in the order of the rows.</summary>
    /// <param name="path">As for <see cref="FormatOf"/>.</param>
    /// <param name="options">What the user says beside; null for nothing.</param>
    public static IReadOnlyList<string> FilesOf(string path, BottleneckReadOptions? options = null)
    {
        var format = FormatOf(path);
        var labels = options?.LabelsFile ?? (format == BottleneckFormat.Npy ? LabelFile.Beside(path) : null);
        string[] files = format switch
        {
            BottleneckFormat.RetrainFolder => [.. RetrainFolder.FilesOf(path).Select(file => file.Path)],
            BottleneckFormat.MlNet => [MlNetCache.FilesOf(path).Features, MlNetCache.FilesOf(path).Labels],
            _ => [path],
        };
        return labels is null ? files : [.. files, labels];
    }

    /// <summary>A layout in words.</summary>
    private static string Describe(BottleneckFormat format) => format switch
    {
        BottleneckFormat.RetrainFolder => "a bottleneck folder of retrain.py",
        BottleneckFormat.MlNet => "a bottleneck cache of ML.NET",
        BottleneckFormat.Npy => "a NumPy array",
        BottleneckFormat.Npz => "a NumPy archive",
        BottleneckFormat.TfRecord => "a TFRecord file",
        BottleneckFormat.Csv => "a table",
        _ => "a pickle",
    };

    private static BottleneckFormat ByName(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" or ".TSV" or ".TXT" or ".TAB" => BottleneckFormat.Csv,
        ".BIN" => BottleneckFormat.MlNet,
        ".NPY" => BottleneckFormat.Npy,
        ".NPZ" => BottleneckFormat.Npz,
        _ when path.Contains(".tfrecord", StringComparison.OrdinalIgnoreCase) => BottleneckFormat.TfRecord,
        _ => BottleneckFormat.Pickle,
    };
}
