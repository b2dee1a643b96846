using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Trainers.CrossValidation;

/// <summary>What cross-validation found. Every row was predicted once a repeat, by a head that was not fitted on it. Immutable.</summary>
public sealed record CrossValidationResult
{
    private readonly Lazy<RowResults> _results;
    private readonly Lazy<float[]> _mean;

    internal CrossValidationResult(IReadOnlyList<string> labels, int[] actual, IReadOnlyList<int[]> assignments, IReadOnlyList<float[]> probabilities)
    {
        Labels = labels;
        Actual = actual;
        Assignments = assignments;
        Probabilities = probabilities;
        _results = new Lazy<RowResults>(() => RowResults.Of(actual, [.. probabilities]));
        _mean = new Lazy<float[]>(Mean);
    }

    /// <summary>Names of the classes.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Class of each row.</summary>
    public IReadOnlyList<int> Actual { get; }

    /// <summary>A list a repeat: the fold, from 0, in which each row was tested.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Assignments { get; }

    /// <summary>An array a repeat: out-of-fold probabilities, rows × classes, row-major.</summary>
    public IReadOnlyList<float[]> Probabilities { get; }

    /// <summary>Each fit, by repeat and fold.</summary>
    public required IReadOnlyList<FoldResult> Folds { get; init; }

    /// <summary>What the user should know. Empty when there is nothing.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>How each row was predicted, over all repeats; for intervals and for comparing.</summary>
    public RowResults Results => _results.Value;

    /// <summary>Standard deviation of the accuracy over all fits (n − 1); how much it hangs on which rows were trained and tested on.</summary>
    public double AccuracyDeviation
    {
        get
        {
            var mean = Folds.Average(fold => fold.Accuracy);
            return Math.Sqrt(Folds.Sum(fold => (fold.Accuracy - mean) * (fold.Accuracy - mean)) / (Folds.Count - 1));
        }
    }

    /// <summary>Out-of-fold probabilities, their mean over the repeats: rows × classes, row-major.</summary>
    public ReadOnlyMemory<float> MeanProbabilities => _mean.Value;

    /// <summary>The full report on the out-of-fold predictions of one repeat.</summary>
    /// <param name="repeat">From 0.</param>
    /// <param name="names">A name a row, or null.</param>
    public ClassificationReport Report(int repeat = 0, IReadOnlyList<string>? names = null) =>
        ClassificationReport.Create(Labels, [.. Actual], Probabilities[repeat], names);

    private float[] Mean()
    {
        if (Probabilities.Count == 1)
        {
            return Probabilities[0];
        }

        var mean = new float[Probabilities[0].Length];
        for (var i = 0; i < mean.Length; i++)
        {
            var sum = 0.0;
            foreach (var set in Probabilities)
            {
                sum += set[i];
            }

            mean[i] = (float)(sum / Probabilities.Count);
        }

        return mean;
    }
}
