using System.Globalization;
using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>
/// k-nearest neighbours: every training row is kept, and the probability of a class is its share of the votes of the k nearest ones (Cover, Hart, 1967), as
/// scikit-learn's KNeighborsClassifier. Equal distances go to the earlier row, equal shares to the earlier class.
/// </summary>
/// <remarks>The same bits whatever the number of threads. A trainer holds only its options and may be used from several threads.</remarks>
public sealed class NeighbourTrainer : IHeadTrainer
{
    private const int MostMeasuredRows = 2048;

    private readonly NeighbourOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public NeighbourTrainer(NeighbourOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LabelChecks.ThrowIfNotClassNames(options.Labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        if (options.Neighbours < 1)
        {
            throw new ArgumentException($"One neighbour or more must vote; {options.Neighbours} was given.", nameof(options));
        }

        _options = options;
    }

    /// <inheritdoc/>
    public string Name => "knn";

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _options.Labels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options => new Dictionary<string, string>
    {
        ["neighbours"] = _options.Neighbours.ToString(CultureInfo.InvariantCulture),
        ["weights"] = MetricNames.Of(_options.Weighting),
        ["metric"] = MetricNames.Of(_options.Metric),
    };

    /// <inheritdoc/>
    public bool NeedsValidation => false;

    /// <inheritdoc/>
    public string? IterationUnit => null;

    /// <inheritdoc/>
    HeadFit IHeadTrainer.Fit(TrainingRows training, TrainingRows? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        Fit(training, cancellation);

    /// <summary>Keeps the rows and measures how well they foretell one another.</summary>
    /// <param name="training">What to learn from, without sample weights; at least two classes must occur.</param>
    /// <param name="cancellation">Ends the fit.</param>
    /// <exception cref="TrainingDataException">The data cannot be used; the message names the row or the class.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public NeighbourFit Fit(TrainingRows training, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        var features = training.Features;
        var labels = training.Labels.ToArray();
        var present = PresentClasses.Of(features, labels, _options.Labels);
        features.ThrowIfNotFinite();
        if (!training.SampleWeights.IsEmpty)
        {
            throw new TrainingDataException("k-nearest neighbours takes no sample weights: a neighbour counts by its distance. Leave the weights out, or use another trainer.");
        }

        if ((long)features.Rows * PaddedRows.Stride(features.Columns) > Array.MaxLength / sizeof(float))
        {
            throw new TrainingDataException($"{features.Rows} rows of {features.Columns} features are more than k-nearest neighbours can keep. Use fewer rows, or another trainer.");
        }

        var values = new float[features.Rows * features.Columns];
        for (var row = 0; row < features.Rows; row++)
        {
            features.CopyRow(row, values.AsSpan(row * features.Columns, features.Columns));
        }

        var set = new NeighbourSet(values, labels, _options.Labels.Count, _options.Neighbours, _options.Weighting, _options.Metric);
        var figures = LeaveOneOut(set, cancellation);
        IReadOnlyList<string> notices = _options.Neighbours < features.Rows
            ? present.Notices
            : [.. present.Notices, $"{_options.Neighbours} neighbours were asked for; there are {features.Rows} training rows, and all of them vote. Ask for fewer."];
        return new NeighbourFit
        {
            Examples = set,
            Objective = figures.LogLoss,
            LogLoss = figures.LogLoss,
            Accuracy = figures.Accuracy,
            Iterations = 0,
            StopReason = StopReason.ClosedForm,
            Notices = notices,
        };
    }

    private unsafe FitFigures LeaveOneOut(NeighbourSet set, CancellationToken cancellation)
    {
        var predictor = new NeighbourPredictor(set);
        var count = Math.Min(set.Examples, MostMeasuredRows);
        var rows = Enumerable.Range(0, count).Select(i => (int)((long)i * set.Examples / count)).ToArray();
        var probabilities = new float[checked(count * set.Classes)];
        var stride = PaddedRows.Stride(set.Features);
        var blockRows = Heads.NeighbourHead.RowsAtOnce(set.Examples);
        FixedOrder.Run(
            (count + blockRows - 1) / blockRows, _options.Threads,
            number =>
            {
                var first = number * blockRows;
                var own = rows.AsSpan(first, Math.Min(blockRows, count - first));
                using var block = new AlignedBuffer<float>((long)(own.Length + (own.Length & 1)) * stride);
                for (var row = 0; row < own.Length; row++)
                {
                    set.Values.Slice(own[row] * set.Features, set.Features).CopyTo(new Span<float>(block.Pointer + ((long)row * stride), set.Features));
                }

                predictor.Predict(block.Pointer, stride, own.Length, probabilities.AsSpan(first * set.Classes, own.Length * set.Classes), own);
            },
            cancellation);
        if (Array.Exists(probabilities, float.IsNaN))
        {
            throw new TrainingDataException("Some features are too large for float32 arithmetic. Scale them down.");
        }

        return FitFigures.Of(probabilities, Array.ConvertAll(rows, row => set.Labels[row]), []);
    }
}
