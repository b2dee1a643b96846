using System.Diagnostics;
using MlTransfer.Datasets.Splits;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.CrossValidation;

/// <summary>Stratified k-fold cross-validation, repeated where asked for, of any trainer.</summary>
/// <remarks>
/// Each fit sees its training rows alone. What picks while fitting (early stopping, a temperature) gets rows of the training part that are set aside for it,
/// so a fold's test rows take no part in any choice (Cawley and Talbot, Journal of Machine Learning Research 11, 2010). The same rows, options and seed give
/// the same bits, whatever the number of threads. Holds only its options; may be used from several threads.
/// </remarks>
public sealed class CrossValidator
{
    private static readonly HeadDescription s_anonymous = new()
    {
        Labels = [],
        BackboneId = "cross-validation",
        GraphSha256 = new string('0', 64),
        Tensor = "features",
        Preprocessing = "none",
    };

    private readonly CrossValidationOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public CrossValidator(CrossValidationOptions? options = null)
    {
        _options = options ?? new CrossValidationOptions();
        if (_options.Folds < 2)
        {
            throw new ArgumentException($"Cross-validation needs at least 2 folds; {_options.Folds} was given.", nameof(options));
        }

        if (_options.Repeats < 1)
        {
            throw new ArgumentException($"Cross-validation is done at least once; {_options.Repeats} repeats were given.", nameof(options));
        }

        if (!(_options.ValidationFraction > 0 && _options.ValidationFraction < 1))
        {
            throw new ArgumentException($"The validation fraction must be above 0 and below 1; {_options.ValidationFraction} was given.", nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Threads, 1, nameof(options));
    }

    /// <summary>Cross-validates a trainer.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="rows">All rows; two classes at least must occur.</param>
    /// <param name="progress">Told how many fits are done, on the thread that did the last; may be null.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="TrainingDataException">There are fewer rows than folds, or a fold cannot be fitted; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public CrossValidationResult Run(IHeadTrainer trainer, TrainingRows rows, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return Run(_ => trainer, rows, progress, cancellation);
    }

    /// <summary>Cross-validates a trainer that is made for a number of rows (a schedule that falls over the whole fit depends on it).</summary>
    /// <param name="trainerFor">Gives the trainer for so many training rows; called from several threads.</param>
    /// <param name="rows">All rows; two classes at least must occur.</param>
    /// <param name="progress">Told how many fits are done, on the thread that did the last; may be null.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="TrainingDataException">There are fewer rows than folds, or a fold cannot be fitted; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public CrossValidationResult Run(
        Func<int, IHeadTrainer> trainerFor, TrainingRows rows, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trainerFor);
        ArgumentNullException.ThrowIfNull(rows);
        var names = trainerFor(Math.Max(1, rows.Features.Rows)).Labels;
        LabelChecks.ThrowIfNotLabels(rows.Features, rows.Labels.Span, names.Count);
        if (rows.Features.Rows < _options.Folds)
        {
            throw new TrainingDataException(
                $"{_options.Folds} folds need at least {_options.Folds} rows; there {(rows.Features.Rows == 1 ? "is 1" : $"are {rows.Features.Rows}")}. Take fewer folds, or add examples.");
        }

        var labels = rows.Labels.ToArray();
        var texts = Array.ConvertAll(labels, label => names[label]);
        if (!_options.Groups.IsEmpty && _options.Groups.Length != labels.Length)
        {
            throw new TrainingDataException($"{_options.Groups.Length} groups were given for {labels.Length} rows; give one a row.");
        }

        var assignments = Enumerable.Range(0, _options.Repeats).Select(repeat => Assign(texts, _options.Seed + repeat)).ToArray();
        var probabilities = assignments.Select(_ => new float[checked(labels.Length * names.Count)]).ToArray();
        var folds = new FoldResult[_options.Repeats * _options.Folds];
        var notices = new IReadOnlyList<string>[folds.Length];
        var faults = new TrainingDataException?[folds.Length];
        var done = 0;
        FixedOrder.Run(
            folds.Length,
            AtOnce(rows.Features, folds.Length),
            number =>
            {
                var (repeat, fold) = Math.DivRem(number, _options.Folds);
                try
                {
                    (folds[number], notices[number]) = Fit(trainerFor, names, rows, texts, assignments[repeat], repeat, fold, probabilities[repeat], cancellation);
                }
                catch (TrainingDataException fault)
                {
                    faults[number] = fault;
                }

                progress?.Report(Interlocked.Increment(ref done));
            },
            cancellation);
        if (Array.FindIndex(faults, fault => fault is not null) is >= 0 and var failed)
        {
            throw new TrainingDataException($"Fold {(failed % _options.Folds) + 1} of {_options.Folds}: {faults[failed]!.Message}");
        }

        return new CrossValidationResult(names, labels, assignments, probabilities) { Folds = folds, Notices = [.. Notices(notices, labels, names)] };
    }

    /// <summary>The fold of every row; groups are dealt to the folds by the label of their first row.</summary>
    private int[] Assign(string[] labels, long seed)
    {
        if (_options.Groups.IsEmpty)
        {
            return StratifiedKFold.Assign(labels, _options.Folds, seed);
        }

        var (numbers, first) = (new Dictionary<int, int>(), new List<int>());
        for (var row = 0; row < labels.Length; row++)
        {
            if (numbers.TryAdd(_options.Groups.Span[row], first.Count))
            {
                first.Add(row);
            }
        }

        if (first.Count < _options.Folds)
        {
            throw new TrainingDataException(
                $"{_options.Folds} folds need at least as many groups of rows that stay together; there {(first.Count == 1 ? "is 1" : $"are {first.Count}")}. Take fewer folds, or add examples.");
        }

        var folds = StratifiedKFold.Assign([.. first.Select(row => labels[row])], _options.Folds, seed);
        return [.. Enumerable.Range(0, labels.Length).Select(row => folds[numbers[_options.Groups.Span[row]]])];
    }

    /// <summary>Fewer folds at once where their copies of the rows would not fit the memory.</summary>
    private int AtOnce(IFeatureSource features, int folds)
    {
        var copy = Math.Max(1, 2L * features.Rows * features.Columns * sizeof(float));
        return (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3 / copy, 1, Math.Min(_options.Threads, folds));
    }

    private (FoldResult Result, IReadOnlyList<string> Notices) Fit(
        Func<int, IHeadTrainer> trainerFor,
        IReadOnlyList<string> names,
        TrainingRows rows,
        string[] texts,
        int[] assignment,
        int repeat,
        int fold,
        float[] probabilities,
        CancellationToken cancellation)
    {
        var test = Rows(assignment, number => number == fold);
        var train = Rows(assignment, number => number != fold);
        int[] aside = [];
        if (_options.Calibrate || trainerFor(train.Length).NeedsValidation)
        {
            var split = StratifiedSplit.Assign([.. train.Select(row => texts[row])], 0, _options.ValidationFraction, _options.Seed + repeat);
            aside = [.. split.Rows(Subset.Validation).Select(row => train[row])];
            train = [.. split.Rows(Subset.Training).Select(row => train[row])];
            if (aside.Length == 0)
            {
                throw new TrainingDataException("none of its training rows can be set aside for validation without leaving a class empty. Take fewer folds, or add examples.");
            }
        }

        var clock = Stopwatch.StartNew();
        var validation = aside.Length == 0 ? null : Select(rows, aside);
        var fit = trainerFor(train.Length).Fit(Select(rows, train), validation, null, cancellation);
        var head = fit.CreateHead(s_anonymous with { Labels = names });
        double? temperature = null;
        if (_options.Calibrate)
        {
            temperature = TemperatureScaling.FitProbabilities(head.Predict(validation!.Features, 1), validation.Labels.Span);
        }

        var elapsed = clock.Elapsed;
        var found = head.Predict(RowSubset.Of(rows.Features, test), 1);
        if (temperature is { } t)
        {
            TemperatureScaling.Apply(found, names.Count, t);
        }

        for (var i = 0; i < test.Length; i++)
        {
            found.AsSpan(i * names.Count, names.Count).CopyTo(probabilities.AsSpan(test[i] * names.Count));
        }

        var results = RowResults.Of(Array.ConvertAll(test, row => rows.Labels.Span[row]), found);
        return (new FoldResult(repeat, fold, train.Length, test.Length, results.Accuracy, results.MeanLogLoss, fit.Iterations, temperature, elapsed), fit.Notices);
    }

    private static int[] Rows(int[] assignment, Predicate<int> isWanted) => [.. Enumerable.Range(0, assignment.Length).Where(row => isWanted(assignment[row]))];

    private static TrainingRows Select(TrainingRows rows, int[] chosen) => new()
    {
        Features = RowSubset.Of(rows.Features, chosen),
        Labels = Array.ConvertAll(chosen, row => rows.Labels.Span[row]),
        SampleWeights = rows.SampleWeights.IsEmpty ? default : Array.ConvertAll(chosen, row => rows.SampleWeights.Span[row]),
    };

    private IEnumerable<string> Notices(IReadOnlyList<string>[] ofFits, int[] labels, IReadOnlyList<string> names)
    {
        var rows = new int[names.Count];
        foreach (var label in labels)
        {
            rows[label]++;
        }

        const int named = 10;
        var few = Enumerable.Range(0, rows.Length).Where(c => rows[c] > 0 && rows[c] < _options.Folds).ToArray();
        if (few.Length > 0)
        {
            yield return $"{few.Length} {(few.Length == 1 ? "class has" : "classes have")} fewer rows than there are folds ({_options.Folds}) and {(few.Length == 1 ? "is" : "are")} missing from some: "
                + $"{string.Join(", ", few.Take(named).Select(c => $"'{names[c]}' ({rows[c]})"))}{(few.Length > named ? ", …" : "")}.";
        }

        foreach (var group in ofFits.SelectMany(notices => notices).GroupBy(notice => notice))
        {
            yield return $"{group.Count()} of {ofFits.Length} fits: {group.Key}";
        }
    }
}
