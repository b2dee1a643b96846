using System.Globalization;
using System.Text;
using MlTransfer.Datasets.Files;

namespace MlTransfer.Pipeline.Terminal;

/// <summary>Rows for a spreadsheet: comma-separated, quoted where needed (RFC 4180), numbers in the invariant culture.</summary>
internal sealed class CsvTable(IReadOnlyList<string> header)
{
    private static readonly char[] s_quoted = [',', '"', '\n', '\r'];

    private readonly StringBuilder _text = new(string.Join(',', header.Select(Cell)) + "\n");

    /// <summary>Adds a row; null is an empty cell.</summary>
    public void Add(IReadOnlyList<object?> cells)
    {
        if (cells.Count != header.Count)
        {
            throw new ArgumentException($"A row of {cells.Count} cells under {header.Count} columns.", nameof(cells));
        }

        _text.AppendJoin(',', cells.Select(cell => Cell(Convert.ToString(cell, CultureInfo.InvariantCulture) ?? ""))).Append('\n');
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string path) => WholeFile.Write(path, Encoding.UTF8.GetBytes(_text.ToString()));

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Cell(string text) => text.AsSpan().IndexOfAny(s_quoted) < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
