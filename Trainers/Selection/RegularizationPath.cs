namespace MlTransfer.Trainers.Selection;

/// <summary>How well a head does on held-out rows at one strength of the penalty after another, and which was picked.</summary>
/// <param name="Points">From the strongest to the weakest that was tried.</param>
/// <param name="Chosen">Which point was picked.</param>
/// <param name="Folds">Folds of the cross-validation.</param>
/// <param name="Rule">How it was picked.</param>
public sealed record RegularizationPath(IReadOnlyList<RegularizationPoint> Points, int Chosen, int Folds, SelectionRule Rule)
{
    /// <summary>The strength that was picked.</summary>
    public double Strength => Points[Chosen].Strength;

    /// <summary>Which point a rule picks.</summary>
    /// <param name="points">From the strongest to the weakest, one or more.</param>
    /// <param name="rule">The rule; of equal points the stronger wins.</param>
    internal static int Pick(IReadOnlyList<RegularizationPoint> points, SelectionRule rule)
    {
        var least = 0;
        for (var i = 1; i < points.Count; i++)
        {
            least = points[i].LogLoss < points[least].LogLoss ? i : least;
        }

        if (rule == SelectionRule.OneStandardError)
        {
            var limit = points[least].LogLoss + points[least].LogLossError;
            for (var i = 0; i < least; i++)
            {
                if (points[i].LogLoss <= limit)
                {
                    return i;
                }
            }
        }

        return least;
    }
}
