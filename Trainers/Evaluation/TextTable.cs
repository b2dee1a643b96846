using System.Text;

namespace MlTransfer.Trainers.Evaluation;

/// <summary>Lays out cells in aligned columns: the first to the left, the others to the right. A line break or other control character in a cell is shown as its picture (␊).</summary>
internal static class TextTable
{
    /// <summary>One line a row, the columns two spaces apart.</summary>
    public static string Render(IReadOnlyList<IReadOnlyList<string>> rows, int leftColumns = 1)
    {
        rows = [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(OneLine)])];
        var widths = new int[rows.Max(row => row.Count)];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Count; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, i) => i < leftColumns ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A text with its control characters replaced by Unicode's pictures of them, so that it stays on its line.</summary>
    public static string OneLine(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(letter => !char.IsControl(letter) ? letter : letter < ' ' ? (char)('\u2400' + letter) : '\u2421'))
        : text;
}
