using System.Diagnostics;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MlTransfer.ML.Extraction;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.ML.Heads;

/// <summary>Fits a softmax head to a label (key) and a features (vector of Single) column; see <see cref="SoftmaxHeadCatalog"/>.</summary>
/// <remarks>
/// All rows are read into memory in one walk, so <c>AppendCacheCheckpoint</c> gains nothing. Rows without a label are passed over. The same rows in the same
/// order give the same bits, whatever the number of threads. Thread-safe.
/// </remarks>
public sealed class SoftmaxHeadTrainer : IEstimator<SoftmaxHeadTransformer>
{
    private const int MostClasses = 1 << 24;
    private static readonly TimeSpan s_checkEvery = TimeSpan.FromMilliseconds(100);

    private readonly SoftmaxHeadOptions _options;
    private readonly LbfgsMaximumEntropyMulticlassTrainer _likeness;
    private readonly ExecutionProbe _probe;

    internal SoftmaxHeadTrainer(MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, SoftmaxHeadOptions options)
    {
        _options = options;
        _probe = new ExecutionProbe(catalog);
        _likeness = catalog.LbfgsMaximumEntropy(options.LabelColumnName, options.FeatureColumnName, options.ExampleWeightColumnName);
    }

    /// <summary>How the last fit went, for reports; null before the first.</summary>
    public HeadFit? LastFit { get; private set; }

    /// <summary>Fits a head.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type than expected.</exception>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message names the row or the class.</exception>
    /// <exception cref="OperationCanceledException">The fit, or the execution of the context, was cancelled.</exception>
    public SoftmaxHeadTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckColumns(input.Schema);
        ThrowIfCancelled();
        var values = KeyValues.Of(input.Schema[_options.LabelColumnName]);
        var trainer = Trainer(values.Names);
        var rows = TrainingData.Read(input, _options, ThrowIfCancelled);
        var fit = trainer.Fit(rows, null, new Watch(this), _options.Cancellation);
        var origin = FeatureAnnotations.Read(input.Schema[_options.FeatureColumnName]);
        var head = fit.CreateHead(Describe(trainer, fit, origin, values.Names, rows.Features.Rows)) as SoftmaxHead
            ?? throw new ArgumentException($"The trainer '{trainer.Name}' fits another kind of head than softmax; ML.NET pipelines take softmax heads.");
        LastFit = fit;
        return new SoftmaxHeadTransformer(
            head, origin is not null, MaximumEntropyModel.Create(head.Weights, _options.LabelColumnName, values, _options.FeatureColumnName));
    }

    /// <summary>Promises <c>PredictedLabel</c> and <c>Score</c>, as ML.NET's own multiclass trainers do.</summary>
    /// <param name="inputSchema">What the data will have.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type than expected.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _likeness.GetOutputSchema(inputSchema);
    }

    private IHeadTrainer Trainer(IReadOnlyList<string> labels) => _options.Trainer?.Invoke(labels) ?? new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions
    {
        Labels = labels,
        L2 = _options.L2,
        ClassWeighting = _options.ClassWeighting,
        MaxIterations = _options.MaxIterations,
        Tolerance = _options.Tolerance,
        Threads = _options.Threads,
    });

    private static HeadDescription Describe(IHeadTrainer trainer, HeadFit fit, MlTransfer.Features.Cache.FeatureStoreKey? origin, IReadOnlyList<string> labels, int rows) =>
        HeadDescription.Of(origin ?? SoftmaxHeadTransformer.UnknownOrigin, labels) with
        {
            Trainer = trainer.Name,
            TrainerOptions = trainer.Options,
            CreatedBy = $"MlTransfer.ML {typeof(SoftmaxHeadTrainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}",
            Training = new TrainingFacts
            {
                Rows = rows,
                Split = "all rows that the pipeline gave",
                Objective = fit.Objective,
                Metrics = new Dictionary<string, double> { ["training_accuracy"] = fit.Accuracy, ["training_log_loss"] = fit.LogLoss },
            },
        };

    private void CheckColumns(DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(_options.FeatureColumnName) is not { } features)
        {
            throw Missing("features", _options.FeatureColumnName, schema);
        }

        if (features.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single)
        {
            throw new ArgumentException($"The features column '{features.Name}' is of type {features.Type}; a vector of Single of known size was expected.");
        }

        if (schema.GetColumnOrNull(_options.LabelColumnName) is not { } label)
        {
            throw Missing("label", _options.LabelColumnName, schema);
        }

        if (label.Type is not KeyDataViewType key)
        {
            throw new ArgumentException($"The label column '{label.Name}' is of type {label.Type}; a key was expected. Put Conversion.MapValueToKey(\"{label.Name}\") before the trainer.");
        }

        var most = Math.Min(MostClasses, Array.MaxLength / Math.Max(1, vector.Size));
        if (key.Count > (ulong)most)
        {
            throw new ArgumentException(
                $"The label column '{label.Name}' is a key of {key.Count} values; heads on {vector.Size} features have at most {most} classes. Keys that are hashes name no classes: use Conversion.MapValueToKey(\"{label.Name}\").");
        }

        if (_options.ExampleWeightColumnName is { } name)
        {
            var weight = schema.GetColumnOrNull(name) ?? throw Missing("weight", name, schema);
            if (weight.Type != NumberDataViewType.Single)
            {
                throw new ArgumentException($"The weight column '{name}' is of type {weight.Type}; Single was expected.");
            }
        }
    }

    private static ArgumentException Missing(string role, string name, DataViewSchema schema) =>
        new($"There is no {role} column '{name}'; the data has {string.Join(", ", schema.Where(column => !column.IsHidden).Select(column => column.Name))}.");

    private void ThrowIfCancelled()
    {
        _options.Cancellation.ThrowIfCancellationRequested();
        _probe.ThrowIfCancelled();
    }

    /// <summary>Passes progress on, and looks now and then whether the execution was cancelled.</summary>
    private sealed class Watch(SoftmaxHeadTrainer trainer) : IProgress<TrainingProgress>
    {
        private readonly Stopwatch _sinceCheck = Stopwatch.StartNew();

        public void Report(TrainingProgress value)
        {
            trainer._options.Progress?.Report(value);
            if (_sinceCheck.Elapsed > s_checkEvery)
            {
                trainer.ThrowIfCancelled();
                _sinceCheck.Restart();
            }
        }
    }
}
