using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Features.Cache;

namespace MlTransfer.ML.Extraction;

/// <summary>What a features column says of its origin.</summary>
internal static class FeatureAnnotations
{
    public const string Backbone = "Backbone";
    public const string SourceGraph = "SourceGraph";
    public const string Tap = "Tap";
    public const string Preprocessing = "Preprocessing";

    /// <summary>The annotations of features of a key.</summary>
    public static DataViewSchema.Annotations Of(FeatureStoreKey key)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        foreach (var (name, text) in Texts(key))
        {
            builder.AddPrimitiveValue(name, TextDataViewType.Instance, text.AsMemory());
        }

        return builder.ToAnnotations();
    }

    /// <summary>The same, on a column of a schema definition.</summary>
    public static void AddTo(SchemaDefinition.Column column, FeatureStoreKey key)
    {
        foreach (var (name, text) in Texts(key))
        {
            column.AddAnnotation(name, text.AsMemory(), TextDataViewType.Instance);
        }
    }

    /// <summary>What the features of a column are features of; null where it does not say.</summary>
    public static FeatureStoreKey? Read(DataViewSchema.Column column)
    {
        string? Text(string name)
        {
            if (column.Annotations.Schema.GetColumnOrNull(name)?.Type is not TextDataViewType)
            {
                return null;
            }

            ReadOnlyMemory<char> value = default;
            column.Annotations.GetValue(name, ref value);
            return value.ToString();
        }

        return column.Type is VectorDataViewType { IsKnownSize: true } vector
            && Text(Backbone) is { } backbone && Text(SourceGraph) is { } graph && Text(Tap) is { } tap && Text(Preprocessing) is { } preprocessing
            ? new FeatureStoreKey(backbone, graph, tap, vector.Size, preprocessing)
            : null;
    }

    private static IEnumerable<(string Name, string Text)> Texts(FeatureStoreKey key) =>
        [(Backbone, key.BackboneId), (SourceGraph, key.GraphSha256), (Tap, key.Tensor), (Preprocessing, key.Preprocessing)];
}
