using System.Text;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Tells what stands between the fields of a table of numbers.</summary>
internal static class CsvSeparator
{
    private const int MaxCharacters = 1 << 24;
    private static readonly char[] Candidates = [',', ';', '\t', '|', ' '];

    /// <summary>The candidate that the first line of data has most of, outside quotes.</summary>
    public static char Tell(string path)
    {
        var counts = new int[Candidates.Length];
        var quoted = false;
        var isComment = false;
        var atStart = true;
        using var reader = new StreamReader(path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        for (var i = 0; i < MaxCharacters && reader.Read() is var code && code >= 0; i++)
        {
            var letter = (char)code;
            if (letter is '\r' or '\n' && !quoted)
            {
                if (!isComment && !atStart)
                {
                    break;
                }

                (atStart, isComment) = (true, false);
                continue;
            }

            isComment |= atStart && letter == '#';
            atStart = false;
            quoted ^= letter == '"' && !isComment;
            if (!quoted && !isComment && Array.IndexOf(Candidates, letter) is >= 0 and var found)
            {
                counts[found]++;
            }
        }

        // Blanks beside another separator only set the fields apart.
        return counts[..^1].Max() > 0 ? Candidates[Array.IndexOf(counts[..^1], counts[..^1].Max())] : counts[^1] > 0 ? ' ' : ',';
    }
}
