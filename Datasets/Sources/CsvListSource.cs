using System.Globalization;
using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Sources;

/// <summary>Reads a CSV or TSV list of image paths and labels.</summary>
/// <remarks>
/// <para>RFC 4180 (quotes, doubled quotes, line breaks within quotes) with LF, CRLF or CR at line ends; comma, semicolon, tab or vertical bar; UTF-8, UTF-16 and
/// UTF-32 by their byte order marks, UTF-8 without. Blank lines and lines that begin with '#' are skipped, spaces around fields outside quotes are cut.
/// A first row that names the columns (<c>path,label</c>, <c>ImagePath</c>, <c>filename</c>, <c>class</c> …) is a header; any order, further
/// columns, a <c>split</c> column (train, validation, test) and a <c>weight</c> column (how much each image counts in training; empty means 1) are understood. Without a header: two columns, the one whose fields all end like picture files being the
/// path; Google AutoML's leading TRAIN, VALIDATION, TEST, UNASSIGNED is a subset.</para>
/// <para>Relative paths start from the list's folder; '\' separates as '/' does, unless a file of the very name exists. Images keep the list's
/// order. Whether the files exist is said in the notices; reading them fails one by one, later. Thread-safe.</para>
/// </remarks>
public static class CsvListSource
{
    /// <summary>Reads a list.</summary>
    /// <param name="file">The .csv, .tsv or .txt file.</param>
    /// <param name="options">Encoding, separator, columns, root; null for the defaults.</param>
    /// <exception cref="DatasetException">The file is missing, not readable in its encoding, malformed (the message names the line), or holds no image.</exception>
    public static ImageDataset Read(string file, CsvListOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        options ??= new CsvListOptions();
        var full = Path.GetFullPath(file);
        if (!File.Exists(full))
        {
            throw new DatasetException(Directory.Exists(full)
                ? $"{full} is a folder; a CSV or TSV list of images was expected."
                : $"The list {full} does not exist; {MissingPath.Explain(full)}");
        }

        if (ImageFileNames.HasImageExtension(full))
        {
            throw new DatasetException($"{full} is named like a picture; a folder with one folder a label, or a CSV or TSV list of images, was expected.");
        }

        var text = CsvText.Read(full, options.Encoding);
        var records = CsvRecords.Read(text, options.Separator ?? CsvRecords.TellSeparator(text, full), full);
        if (records.Count == 0)
        {
            throw new DatasetException($"{full} holds no rows; 'path,label' rows were expected.");
        }

        var columns = CsvColumns.Find(records, options, full);
        var root = Path.GetFullPath(options.Root ?? Path.GetDirectoryName(full) ?? ".");
        var rows = new ListRows(full, root, columns, options.StripPrefix);
        foreach (var record in columns.HasHeader ? records.Skip(1) : records)
        {
            rows.Add(record);
        }

        if (rows.Images.Count == 0)
        {
            throw new DatasetException($"{full} holds no rows but its header; 'path,label' rows were expected.");
        }

        var labels = rows.Images.Select(image => image.Label).Distinct(StringComparer.Ordinal).Order(PathOrder.Of(options.Order)).ToList();
        return new ImageDataset { Images = rows.Images, Labels = labels, Notices = rows.Notices(labels), Root = root };
    }

    /// <summary>The rows taken so far, checked one against the other.</summary>
    private sealed class ListRows(string file, string root, CsvColumns columns, string? stripPrefix)
    {
        private readonly Dictionary<string, (string Label, long Line)> _seen = new(StringComparer.Ordinal);
        private int _repeated;
        private int _missing;
        private int _unknownSubsets;
        private string _firstMissing = "";

        public List<LabeledImage> Images { get; } = [];

        public void Add(CsvRecord record)
        {
            if (record.Fields.Length != columns.Width)
            {
                throw Fault(record, string.Create(CultureInfo.InvariantCulture, $"{record.Fields.Length} {(record.Fields.Length == 1 ? "field" : "fields")} where {columns.Width} were expected. A field that holds the separator must be in quotes."));
            }

            var written = record.Fields[columns.Path];
            var label = record.Fields[columns.Label];
            if (written.Length == 0 || label.Length == 0)
            {
                throw Fault(record, $"the {(written.Length == 0 ? "path" : "label")} is empty.");
            }

            if (stripPrefix is { Length: > 0 } && written.StartsWith(stripPrefix, StringComparison.Ordinal))
            {
                written = written[stripPrefix.Length..];
            }

            var (path, fullPath) = Locate(written, record);
            if (_seen.TryGetValue(path, out var earlier))
            {
                if (!earlier.Label.Equals(label, StringComparison.Ordinal))
                {
                    throw Fault(record, string.Create(CultureInfo.InvariantCulture, $"{path} is labelled {label} here and {earlier.Label} on line {earlier.Line}. Keep one of the two."));
                }

                _repeated++;
                return;
            }

            _seen.Add(path, (label, record.Line));
            Subset? subset = null;
            if (columns.Subset >= 0 && !CsvColumns.TrySubset(record.Fields[columns.Subset], out subset))
            {
                _unknownSubsets++;
            }

            if (!File.Exists(fullPath))
            {
                _firstMissing = _missing++ == 0 ? path : _firstMissing;
            }

            Images.Add(new LabeledImage(path, fullPath, label) { Subset = subset, Weight = Weight(record) });
        }

        public List<string> Notices(List<string> labels)
        {
            var notices = new List<string>();
            void Say(FormattableString text) => notices.Add(text.ToString(CultureInfo.InvariantCulture));

            if (labels.Count == 1)
            {
                Say($"{file} has one label only, {labels[0]}: features can be extracted, a head needs two labels or more.");
            }

            if (_repeated > 0)
            {
                Say($"{_repeated} {(_repeated == 1 ? "row repeats" : "rows repeat")} an earlier one: counted once.");
            }

            if (_missing > 0)
            {
                Say($"{_missing} of {Images.Count} files do not exist below {root} (first: {_firstMissing}).{(_missing == Images.Count ? " State the folder that the paths start from." : "")}");
            }

            if (_unknownSubsets > 0)
            {
                Say($"{_unknownSubsets} rows have a subset that is none of train, validation and test: left open.");
            }

            return notices;
        }

        private double Weight(CsvRecord record)
        {
            if (columns.Weight < 0 || record.Fields[columns.Weight].Length == 0)
            {
                return 1;
            }

            var text = record.Fields[columns.Weight];
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && double.IsFinite(weight) && weight >= 0
                ? weight
                : throw Fault(record, $"the weight '{text}' is not a number of zero or more, with a point for decimals.");
        }

        /// <summary>The stored name and the place of a path as it is written in the list.</summary>
        private (string Path, string FullPath) Locate(string written, CsvRecord record)
        {
            if (written.Contains('\0', StringComparison.Ordinal))
            {
                throw Fault(record, "the path holds a zero character.");
            }

            if (written.Contains("://", StringComparison.Ordinal))
            {
                return (written, written);
            }

            var literal = Path.Combine(root, written);
            if (Path.DirectorySeparatorChar == '/' && written.Contains('\\', StringComparison.Ordinal) && File.Exists(literal))
            {
                return (written, literal);
            }

            var path = written.Replace('\\', '/');
            while (path.StartsWith("./", StringComparison.Ordinal))
            {
                path = path[2..];
            }

            return path.Length == 0 ? throw Fault(record, "the path is empty.") : (path, Path.GetFullPath(path, root));
        }

        private DatasetException Fault(CsvRecord record, string what) => new(string.Create(CultureInfo.InvariantCulture, $"{file}, line {record.Line}: {what}"));
    }
}
