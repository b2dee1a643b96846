namespace MlTransfer.Features.Engines.Managed.Operations.LinearAlgebra;

/// <summary>An equation of Einstein's summation such as "bij,bjk->bik", its ellipses written out as labels of their own.</summary>
internal sealed class EinsumEquation
{
    /// <summary>Labels from here upward stand for the dimensions of an ellipsis, counted from the innermost.</summary>
    private const char FirstEllipsisLabel = '\uE000';

    private EinsumEquation(string[] inputs, string output)
    {
        Inputs = inputs;
        Output = output;
    }

    /// <summary>One label a dimension, for each input.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>One label a dimension of the result.</summary>
    public string Output { get; }

    /// <summary>Whether extents of 1 repeat along this label, as those of an ellipsis do.</summary>
    public static bool Broadcasts(char label) => label >= FirstEllipsisLabel;

    /// <summary>Reads the equation of a node.</summary>
    public static EinsumEquation Parse(OperationContext context)
    {
        var text = context.Text("equation").Replace(" ", string.Empty, StringComparison.Ordinal);
        var sides = text.Split("->");
        var parts = sides[0].Split(',');
        if (sides.Length != 2 || parts.Length != context.Inputs.Count)
        {
            throw context.Fail($"equation '{text}' does not fit: {context.Inputs.Count} comma-separated inputs, '->' and one output are expected");
        }

        var ellipsisRank = 0;
        var inputs = new string[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var rank = context.Inputs[i].Shape.Rank;
            var hidden = rank - Labels(context, text, parts[i]);
            var hasEllipsis = parts[i].Contains("...", StringComparison.Ordinal);
            if (hasEllipsis ? hidden < 0 : hidden != 0)
            {
                throw context.Fail($"equation '{text}': '{parts[i]}' does not fit input {i} of shape {context.Inputs[i].Shape}");
            }

            ellipsisRank = Math.Max(ellipsisRank, hidden);
            inputs[i] = parts[i].Replace("...", EllipsisLabels(hidden), StringComparison.Ordinal);
        }

        Labels(context, text, sides[1]);
        var output = sides[1].Replace("...", EllipsisLabels(ellipsisRank), StringComparison.Ordinal);
        foreach (var label in output)
        {
            if (!inputs.Any(input => input.Contains(label, StringComparison.Ordinal)))
            {
                throw context.Fail($"equation '{text}': the output's label '{label}' is in no input");
            }
        }

        return new EinsumEquation(inputs, output);
    }

    /// <summary>Labels of an ellipsis of some dimensions; the innermost is the same whatever their number.</summary>
    private static string EllipsisLabels(int rank) =>
        string.Create(rank, rank, (labels, count) =>
        {
            for (var i = 0; i < count; i++)
            {
                labels[i] = (char)(FirstEllipsisLabel + count - 1 - i);
            }
        });

    /// <summary>Counts the labels of one side's part besides its ellipsis.</summary>
    private static int Labels(OperationContext context, string text, string part)
    {
        var ellipsis = part.IndexOf("...", StringComparison.Ordinal);
        var letters = ellipsis < 0 ? part : part.Remove(ellipsis, 3);
        return letters.All(char.IsAsciiLetter)
            ? letters.Length
            : throw context.Fail($"equation '{text}': '{part}' holds something else than letters and one '...'");
    }
}
