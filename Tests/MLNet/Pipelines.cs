using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.ML.Heads;
using MlTransfer.ML.Persistence;

namespace MlTransfer.ML.Tests;

/// <summary>What several tests do with ML.NET data.</summary>
internal static class Pipelines
{
    public const string Features = "Features";

    /// <summary>All features of some data, row by row, by one cursor.</summary>
    public static float[][] FeaturesOf(IDataView data) => [.. data.GetColumn<float[]>(Features)];

    /// <summary>Key, features and head on the pictures.</summary>
    public static EstimatorChain<SoftmaxHeadTransformer> Whole(MLContext ml, ColourEngine engine, BottleneckFeaturesOptions? options = null) =>
        ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.ExtractBottleneckFeatures(Features, "ImagePath", (options ?? new()) with { Engine = engine }))
            .Append(ml.MulticlassClassification.Trainers.SoftmaxHead());

    /// <summary>The shape of rows of a type: what a mapping promises that adds them to nothing.</summary>
    public static SchemaShape ShapeOf<TRow>(MLContext ml)
        where TRow : class, new() =>
        ml.Transforms.CustomMapping<NoColumns, TRow>((_, _) => { }, null).GetOutputSchema(new SchemaShape([]));

    /// <summary>Cancels what runs in a context; ML.NET lets only its own tools call this.</summary>
    public static void Cancel(MLContext ml) =>
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(ml, null);

    /// <summary>A promise and what came: every promised column is there, of the promised type, with the promised annotations, and none more.</summary>
    public static void AssertPromiseKept(SchemaShape promised, DataViewSchema delivered)
    {
        var visible = delivered.Where(column => !column.IsHidden).ToDictionary(column => column.Name);
        Assert.Equal(promised.Select(column => column.Name).Order(), visible.Keys.Order());
        foreach (var column in promised)
        {
            var found = visible[column.Name];
            var vector = found.Type as VectorDataViewType;
            Assert.Equal(
                column.Kind,
                vector is null ? SchemaShape.Column.VectorKind.Scalar : vector.IsKnownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector);
            var item = vector?.ItemType ?? found.Type;
            Assert.Equal(column.IsKey, item is KeyDataViewType);
            Assert.Equal(column.ItemType.RawType, item.RawType);
            Assert.All(column.Annotations, annotation => Assert.NotNull(found.Annotations.Schema.GetColumnOrNull(annotation.Name)));
        }
    }
}
