using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CsvHelper;
using MlTransfer.Datasets.Sources;
using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>
/// Reads a table of features as text: <c>path,label,f0,f1,…</c> as <c>cache export</c> writes it, data frames of others by the names of their columns, ML.NET's
/// <c>label,f1,…</c>, and tables without a header by what they hold.
/// </summary>
/// <remarks>
/// RFC 4180; comma, semicolon, tab, vertical bar or blanks between fields; lines that begin with '#' are comments. Numbers are read to the nearest float32.
/// The rows are read one by one; memory is that of the features.
/// </remarks>
internal static class CsvFeatures
{
    private const int SampleRows = 100;
    private const int MaxRowBytes = 1 << 28;
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads all rows.</summary>
    /// <exception cref="InvalidDataException">The table is damaged or has no features; the message names the line.</exception>
    public static BottleneckSet Read(string path, BottleneckReadOptions options)
    {
        try
        {
            var separator = CsvSeparator.Tell(path);
            var sample = Sample(path, separator);
            if (sample.Count == 0)
            {
                throw new InvalidDataException("no rows; 'path,label,f0,f1,…' was expected.");
            }

            return ReadRows(path, separator, FeatureColumns.Find(sample, options.LabelColumn, options.LabelsFile is not null));
        }
        catch (CsvFormatException fault)
        {
            throw new InvalidDataException($"{path}, line {fault.LineNumber}: a quote is not closed, text follows a closing quote, or the row is longer than {MaxRowBytes} bytes.", fault);
        }
        catch (InvalidDataException fault) when (!fault.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }

    private static BottleneckSet ReadRows(string path, char separator, FeatureColumns columns)
    {
        var rows = new FeatureRows(path, columns);
        using var reader = Open(path, separator);
        if (columns.HasHeader)
        {
            reader.Read();
        }

        while (reader.Read())
        {
            rows.Add(reader);
        }

        return rows.ToSet();
    }

    private static List<string[]> Sample(string path, char separator)
    {
        var rows = new List<string[]>();
        using var reader = Open(path, separator);
        while (rows.Count < SampleRows && reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        }

        return rows;
    }

    private static CsvReader Open(string path, char separator) => CsvReader.FromFile(
        path,
        new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            CommentPrefix = '#',
            SkipEmptyLines = true,
            TrimWhitespace = separator is not (' ' or '\t'),
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            MaxRecordSize = MaxRowBytes,
        });

    /// <summary>The rows read so far.</summary>
    private sealed class FeatureRows(string path, FeatureColumns columns)
    {
        private readonly List<string> _names = [];
        private readonly List<string> _labels = [];
        private readonly List<Subset?> _subsets = [];
        private readonly Dictionary<string, long> _lineOfName = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _pool = new(StringComparer.Ordinal);
        private float[] _features = [];
        private int _rows;

        public void Add(CsvReader reader)
        {
            if (reader.FieldCount != columns.Width)
            {
                throw Fault(reader, string.Create(CultureInfo.InvariantCulture, $"{reader.FieldCount} fields where {columns.Width} were expected."));
            }

            var width = columns.Features.Length;
            if (((long)_rows + 1) * width > _features.Length)
            {
                var wanted = Math.Min(Array.MaxLength, Math.Max(((long)_rows + 1) * width, 2L * _features.Length));
                Array.Resize(ref _features, wanted >= ((long)_rows + 1) * width
                    ? (int)wanted
                    : throw Fault(reader, $"more than {_rows} rows of {width} numbers can not be read at once."));
            }

            for (var i = 0; i < width; i++)
            {
                _features[(_rows * width) + i] = Number(reader, columns.Features[i]);
            }

            if (columns.Name >= 0)
            {
                var name = Text(reader, columns.Name);
                if (!_lineOfName.TryAdd(name, reader.LineNumber))
                {
                    throw Fault(reader, $"{name} is named a second time, after line {_lineOfName[name]}; a path names one row.");
                }

                _names.Add(name);
            }

            if (columns.Label >= 0)
            {
                var label = Text(reader, columns.Label);
                if (label.Length == 0)
                {
                    throw Fault(reader, "the label is empty.");
                }

                _labels.Add(_pool.TryGetValue(label, out var known) ? known : _pool[label] = label);
            }

            if (columns.Subset >= 0)
            {
                var text = Text(reader, columns.Subset);
                _subsets.Add(CsvColumns.TrySubset(text, out var subset) ? subset : throw Fault(reader, $"the split is '{text}'; train, validation or test was expected."));
            }

            _rows++;
        }

        public BottleneckSet ToSet()
        {
            var width = columns.Features.Length;
            Array.Resize(ref _features, _rows * width);
            return new BottleneckSet(
                _features,
                [_rows, width],
                labels: null,
                columns.Label < 0 ? null : columns.Name < 0 ? WholeNumbers(_labels) : _labels,
                columns.Name < 0 ? null : _names)
            {
                Subsets = columns.Subset < 0 ? null : _subsets,
                Notices = [.. columns.Notices.Select(notice => $"{path}: {notice}")],
            };
        }

        /// <summary>Class numbers that a numeric program wrote as floats ("3.0", "3.000e+00") become whole numbers again, if all of them are.</summary>
        private static List<string> WholeNumbers(List<string> labels)
        {
            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var label in labels.Distinct(StringComparer.Ordinal))
            {
                if (!double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || Math.Floor(value) != value || Math.Abs(value) >= 1L << 53)
                {
                    return labels;
                }

                texts[label] = ((long)value).ToString(CultureInfo.InvariantCulture);
            }

            return [.. labels.Select(label => texts[label])];
        }

        private float Number(CsvReader reader, int column)
        {
            var text = reader.GetSpan(column).Trim((byte)' ');
            return Utf8Parser.TryParse(text, out float value, out var used) && used == text.Length && float.IsFinite(value)
                ? value
                : throw Fault(reader, $"column {column + 1} is '{Brief(reader.GetString(column))}'; a finite number was expected, with a decimal point.");
        }

        private string Text(CsvReader reader, int column)
        {
            try
            {
                return s_strict.GetString(reader.GetSpan(column));
            }
            catch (DecoderFallbackException fault)
            {
                throw new InvalidDataException($"{path}, line {reader.LineNumber}: column {column + 1} is not valid UTF-8. Save the file as UTF-8.", fault);
            }
        }

        private InvalidDataException Fault(CsvReader reader, string what) => new(string.Create(CultureInfo.InvariantCulture, $"{path}, line {reader.LineNumber}: {what}"));

        private static string Brief(string text) => text.Length > 40 ? text[..40] + "…" : text;
    }
}
