using CsvHelper;

namespace MlTransfer.Datasets.Sources;

/// <summary>Splits a list's text into rows and fields by RFC 4180 and finds out the separator.</summary>
internal static class CsvRecords
{
    /// <summary>How many rows are looked at to tell the separator.</summary>
    private const int SampleRows = 100;

    private static readonly char[] Separators = [',', ';', '\t', '|'];

    /// <summary>All rows; blank lines and lines that begin with '#' are left out.</summary>
    /// <exception cref="DatasetException">A quoted field does not end as it should.</exception>
    public static IReadOnlyList<CsvRecord> Read(string text, char separator, string file)
    {
        var records = new List<CsvRecord>();
        using var reader = Reader(text, separator, CsvMalformedDataHandling.Throw);
        try
        {
            while (reader.Read())
            {
                records.Add(Current(reader));
            }
        }
        catch (CsvFormatException fault)
        {
            throw new DatasetException(
                $"{file}, line {fault.LineNumber}: a quote is not closed, or text follows a closing quote. Put the whole field in quotes and double the quotes inside.", fault);
        }

        return records;
    }

    /// <summary>The separator under which the first rows make most sense.</summary>
    public static char TellSeparator(string text, string file)
    {
        if (Path.GetExtension(file).Equals(".tsv", StringComparison.OrdinalIgnoreCase) && text.Contains('\t', StringComparison.Ordinal))
        {
            return '\t';
        }

        return Separators.MaxBy(separator => Sense(Sample(text, separator)));
    }

    private static List<CsvRecord> Sample(string text, char separator)
    {
        var sample = new List<CsvRecord>();
        using var reader = Reader(text, separator, CsvMalformedDataHandling.Recover);
        while (sample.Count < SampleRows && reader.Read())
        {
            sample.Add(Current(reader));
        }

        return sample;
    }

    /// <summary>4: names of columns; 3: equally many fields and a column of pictures; 2: equally many fields; 1: several in the first row.</summary>
    private static int Sense(List<CsvRecord> sample)
    {
        if (sample.Count == 0 || sample[0].Fields.Length < 2)
        {
            return 0;
        }

        if (CsvColumns.IsHeader(sample[0].Fields))
        {
            return 4;
        }

        var width = sample[0].Fields.Length;
        return sample.Any(record => record.Fields.Length != width) ? 1
            : Enumerable.Range(0, width).Any(column => sample.All(record => ImageFileNames.HasImageExtension(record.Fields[column]))) ? 3
            : 2;
    }

    private static CsvReader Reader(string text, char separator, CsvMalformedDataHandling malformed) => CsvReader.FromText(
        text,
        new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            CommentPrefix = '#',
            SkipEmptyLines = true,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MalformedData = malformed,
        });

    private static CsvRecord Current(CsvReader reader)
    {
        var fields = new string[reader.FieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = reader.GetString(i);
        }

        return new CsvRecord(reader.LineNumber, fields);
    }
}
