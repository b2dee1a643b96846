namespace MlTransfer.Datasets.Sources;

/// <summary>Compares paths part by part ('/' between parts), so that the files of a folder stay together.</summary>
/// <remarks>Two different strings never compare as equal. Stateless, hence thread-safe.</remarks>
public sealed class PathOrder : IComparer<string>
{
    private readonly bool _natural;

    private PathOrder(bool natural) => _natural = natural;

    /// <summary>Digit runs as numbers; see <see cref="ImageOrder.Natural"/>.</summary>
    public static PathOrder Natural { get; } = new(natural: true);

    /// <summary>By UTF-16 code unit; see <see cref="ImageOrder.Ordinal"/>.</summary>
    public static PathOrder Ordinal { get; } = new(natural: false);

    /// <summary>The comparer of an order.</summary>
    /// <param name="order">Natural or ordinal.</param>
    public static PathOrder Of(ImageOrder order) => order == ImageOrder.Ordinal ? Ordinal : Natural;

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        ReadOnlySpan<char> left = x, right = y;
        while (true)
        {
            var leftEnd = left.IndexOf('/');
            var rightEnd = right.IndexOf('/');
            var leftPart = leftEnd < 0 ? left : left[..leftEnd];
            var rightPart = rightEnd < 0 ? right : right[..rightEnd];
            var order = _natural ? CompareNatural(leftPart, rightPart) : leftPart.SequenceCompareTo(rightPart);
            if (order != 0)
            {
                return order;
            }

            if (leftEnd < 0 || rightEnd < 0)
            {
                return (leftEnd < 0 ? 0 : 1) - (rightEnd < 0 ? 0 : 1);
            }

            left = left[(leftEnd + 1)..];
            right = right[(rightEnd + 1)..];
        }
    }

    private static int CompareNatural(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        int i = 0, j = 0;
        while (i < x.Length && j < y.Length)
        {
            if (char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j]))
            {
                var xRun = DigitRun(x, ref i);
                var yRun = DigitRun(y, ref j);
                var order = xRun.Length != yRun.Length ? xRun.Length - yRun.Length : xRun.SequenceCompareTo(yRun);
                if (order != 0)
                {
                    return order;
                }
            }
            else if (x[i] != y[j])
            {
                return x[i] - y[j];
            }
            else
            {
                i++;
                j++;
            }
        }

        var rest = (x.Length - i) - (y.Length - j);
        // Equal but for leading zeros ("07" and "7"): any fixed order will do, as long as it is one.
        return rest != 0 ? rest : x.SequenceCompareTo(y);
    }

    /// <summary>The run of digits at <paramref name="position"/> without leading zeros; moves past it.</summary>
    private static ReadOnlySpan<char> DigitRun(ReadOnlySpan<char> text, ref int position)
    {
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return text[start..position].TrimStart('0');
    }
}
