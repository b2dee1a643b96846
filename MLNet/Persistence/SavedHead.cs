using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using MlTransfer.ML.Heads;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.ML.Persistence;

/// <summary>
/// A head as a chain of ML.NET's own transformers: its predictor, which loads anywhere, behind a copy of the features column that is dropped at once, whose
/// name is the head's description.
/// </summary>
internal static class SavedHead
{
    private const string Prefix = "MlTransfer.SoftmaxHead.1 ";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, MaxDepth = 8 };

    /// <summary>The chain that stands for a transformer.</summary>
    public static ITransformer Chain(SoftmaxHeadTransformer transformer)
    {
        var catalog = LocalContext.Instance.Transforms;
        var name = Prefix + JsonSerializer.Serialize(new State(transformer.Head.Description, transformer.KnowsOrigin), s_json);
        var note = catalog.CopyColumns(name, transformer.FeatureColumnName).Append(catalog.DropColumns(name)).Fit(new EmptyView(Schema(transformer)));
        return new TransformerChain<ITransformer>([.. note, transformer.Predictor]);
    }

    /// <summary>The transformer of a loaded chain; null where it is no such chain.</summary>
    /// <exception cref="InvalidDataException">The description cannot be read.</exception>
    public static SoftmaxHeadTransformer? Restore(IReadOnlyList<ITransformer> chain)
    {
        if (chain is not [ColumnCopyingTransformer note, _, MulticlassPredictionTransformer<MaximumEntropyModelParameters> predictor] || NameIn(note, predictor) is not { } name)
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<State>(name[Prefix.Length..], s_json) ?? throw new JsonException("it is null.");
            return new SoftmaxHeadTransformer(new SoftmaxHead(MaximumEntropyModel.WeightsOf(predictor.Model), state.Description), state.KnowsOrigin, predictor);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"The saved model's description of its head cannot be read: {fault.Message} Save the model again.", fault);
        }
    }

    /// <summary>The name that is a description; null where other columns are copied.</summary>
    private static string? NameIn(ColumnCopyingTransformer note, MulticlassPredictionTransformer<MaximumEntropyModelParameters> predictor)
    {
        try
        {
            return note.GetOutputSchema(Schema(predictor)).Select(column => column.Name).FirstOrDefault(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        }
        catch (ArgumentException)
        {
            // It needs columns that a head does not: somebody else's.
            return null;
        }
    }

    private static DataViewSchema Schema(ISingleFeaturePredictionTransformer<object> predictor)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(predictor.FeatureColumnName, predictor.FeatureColumnType);
        return schema.ToSchema();
    }

    private sealed record State(HeadDescription Description, bool KnowsOrigin);
}
