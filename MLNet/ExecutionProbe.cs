using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML;

/// <summary>
/// Tells whether the execution of an <c>MLContext</c> was cancelled. ML.NET shows that to its own components only, so one of them is asked: fitting a key
/// mapping of one row throws when it was. Takes 0.2 ms.
/// </summary>
internal sealed class ExecutionProbe
{
    private static readonly IDataView s_row = LocalContext.Instance.Data.LoadFromEnumerable([new Row()]);

    private readonly IEstimator<ITransformer> _component;

    public ExecutionProbe(TransformsCatalog catalog) => _component = catalog.Conversion.MapValueToKey(nameof(Row.Value));

    /// <summary>For callers that are given a catalog of trainers only.</summary>
    public ExecutionProbe(MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog) =>
        _component = catalog.LbfgsMaximumEntropy(new() { MaximumNumberOfIterations = 1, HistorySize = 1, NumberOfThreads = 1, LabelColumnName = nameof(Row.Key), FeatureColumnName = nameof(Row.Vector) });

    /// <summary>Throws where the execution was cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public void ThrowIfCancelled() => _ = _component.Fit(s_row);

    private sealed class Row
    {
        /// <summary>Not empty: of a mapping without entries ML.NET warns.</summary>
        public string Value { get; set; } = "value";

        [KeyType(2)]
        public uint Key { get; set; }

        [VectorType(1)]
        public float[] Vector { get; set; } = [1];
    }
}
