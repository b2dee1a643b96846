using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MlTransfer.Features.Cache;
using MlTransfer.ML.Extraction;
using MlTransfer.ML.Persistence;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.ML.Heads;

/// <summary>A softmax head: adds <c>Score</c> (probabilities, slots named by the classes) and <c>PredictedLabel</c> (a key whose values are the classes). Thread-safe.</summary>
/// <remarks>
/// <para>Probabilities are computed by ML.NET in float32; they differ from <see cref="ClassifierHead.Predict(ReadOnlySpan{float}, Span{float})"/> in the sixth digit.</para>
/// <para>Features that tell their origin are refused where it is not the head's.</para>
/// </remarks>
public sealed class SoftmaxHeadTransformer : ISingleFeaturePredictionTransformer<MaximumEntropyModelParameters>
{
    private const string Unknown = "unknown";

    internal SoftmaxHeadTransformer(SoftmaxHead head, bool knowsOrigin, MulticlassPredictionTransformer<MaximumEntropyModelParameters> predictor)
    {
        Head = head;
        KnowsOrigin = knowsOrigin;
        Predictor = predictor;
    }

    /// <summary>The head as the other libraries have it.</summary>
    public SoftmaxHead Head { get; }

    /// <summary>Whether it is known what features the head was fitted on: they came from <c>ExtractBottleneckFeatures</c>, or the head from a file.</summary>
    public bool KnowsOrigin { get; }

    /// <summary>
    /// The same as ML.NET's own kind of predictor, which its functions take that look for one, such as export to ONNX; it checks the number of features, not their origin.
    /// </summary>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Predictor { get; }

    /// <inheritdoc/>
    public MaximumEntropyModelParameters Model => Predictor.Model;

    /// <inheritdoc/>
    public string FeatureColumnName => Predictor.FeatureColumnName;

    /// <inheritdoc/>
    public DataViewType FeatureColumnType => Predictor.FeatureColumnType;

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <summary>What stands in the description of a head whose features' origin is not known.</summary>
    internal static FeatureStoreKey UnknownOrigin { get; } = new(Unknown, new string('0', 64), Unknown, 1, Unknown);

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Check(inputSchema);
        return Predictor.GetOutputSchema(inputSchema);
    }

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Check(input.Schema);
        return Predictor.Transform(input);
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Check(inputSchema);
        return ((ITransformer)Predictor).GetRowToRowMapper(inputSchema);
    }

    /// <summary>Writes a head file, which the command line's <c>predict</c> and <c>evaluate</c> read.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <exception cref="InvalidOperationException">It is not known what features the head was fitted on.</exception>
    public void SaveHead(string path)
    {
        if (!KnowsOrigin)
        {
            throw new InvalidOperationException(
                $"The features column '{FeatureColumnName}' did not tell which network its features come from, so a head file could not say what it needs. Fit the head behind ExtractBottleneckFeatures.");
        }

        Head.Save(path);
    }

    /// <inheritdoc/>
    public void Save(ModelSaveContext ctx) => ((ICanSaveModel)SavedHead.Chain(this)).Save(ctx);

    /// <summary>A head whose classes are known by their names alone.</summary>
    internal static SoftmaxHeadTransformer Of(SoftmaxHead head, string featureColumnName) =>
        new(head, true, MaximumEntropyModel.Create(head.Weights, "Label", KeyValues.Of(head.Labels), featureColumnName));

    private void Check(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (schema.GetColumnOrNull(FeatureColumnName) is not { } column)
        {
            throw new ArgumentException(
                $"There is no features column '{FeatureColumnName}'; the data has {string.Join(", ", schema.Where(other => !other.IsHidden).Select(other => other.Name))}.");
        }

        if (KnowsOrigin && FeatureAnnotations.Read(column) is { } origin)
        {
            Head.EnsureMatches(origin.BackboneId, origin.GraphSha256, origin.Tensor, origin.Preprocessing);
        }

        if (column.Type is not VectorDataViewType vector || vector.ItemType != NumberDataViewType.Single || vector.Size != Head.FeatureDimension)
        {
            throw new ArgumentException($"The features column '{FeatureColumnName}' is of type {column.Type}; the head needs {FeatureColumnType}.");
        }
    }
}
