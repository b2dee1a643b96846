using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>How well probabilities meet the labels of the rows they were made for.</summary>
/// <param name="LogLoss">(1 / rows) · Σ weight · cross-entropy, where no probability counts as less than <see cref="ClassificationReport.SmallestProbability"/>.</param>
/// <param name="Accuracy">Share of rows whose most probable class is their label.</param>
internal readonly record struct FitFigures(double LogLoss, double Accuracy)
{
    /// <summary>Measures probabilities, rows × classes.</summary>
    public static FitFigures Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, ReadOnlySpan<double> weights)
    {
        var classes = probabilities.Length / labels.Length;
        var (loss, correct) = (0.0, 0);
        for (var row = 0; row < labels.Length; row++)
        {
            var own = probabilities.Slice(row * classes, classes);
            var best = 0;
            for (var c = 1; c < classes; c++)
            {
                best = own[c] > own[best] ? c : best;
            }

            loss -= (weights.IsEmpty ? 1 : weights[row]) * Math.Log(Math.Max(own[labels[row]], ClassificationReport.SmallestProbability));
            correct += best == labels[row] ? 1 : 0;
        }

        return new FitFigures(loss / labels.Length, correct / (double)labels.Length);
    }

    /// <summary>A description for a head that is only measured and thrown away.</summary>
    public static HeadDescription Draft(IReadOnlyList<string> labels) =>
        new() { Labels = labels, BackboneId = "", GraphSha256 = "", Tensor = "", Preprocessing = "" };
}
