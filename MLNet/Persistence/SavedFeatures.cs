using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using MlTransfer.ML.Extraction;

namespace MlTransfer.ML.Persistence;

/// <summary>
/// A features transformer as a chain of ML.NET's own transformers, which its model files can hold: the image is copied to a column of a fixed name, a value
/// mapping brings the state as text, a custom mapping computes the features in parts, and a concatenation puts them together.
/// </summary>
internal static class SavedFeatures
{
    /// <summary>The chain that stands for a transformer.</summary>
    public static ITransformer Chain(BottleneckFeaturesTransformer transformer)
    {
        var catalog = LocalContext.Instance.Transforms;
        var backbone = transformer.Backbone;
        var isKnown = MlTransfer.Features.Backbones.BackboneCatalog.Load().Backbones.Any(known => known.GraphSha256 == backbone.GraphSha256);
        var key = transformer.Key;
        var state = new FeatureState(
            key.BackboneId, key.GraphSha256, key.Tensor, key.Dimension, key.Preprocessing,
            isKnown ? null : Path.GetFullPath(backbone.GraphPath),
            transformer.ImageColumnName, transformer.Kind, transformer.OutputColumnName, transformer.Options.Batch, transformer.Options.OnBadImage);

        IEstimator<ITransformer> mapping = transformer.Kind switch
        {
            ImageColumnKind.Path => catalog.CustomMapping(new PathContract().GetMapping(), PathContract.Name),
            ImageColumnKind.Bytes => catalog.CustomMapping(new BytesContract().GetMapping(), BytesContract.Name),
            _ => catalog.CustomMapping(new PixelsContract().GetMapping(), PixelsContract.Name),
        };
        string[] parts = [.. FeatureParts.Places(key.Dimension).Select(place => SavedColumns.Part + place)];
        string[] temporary = [SavedColumns.Image, SavedColumns.Key, SavedColumns.State, .. Enumerable.Range(0, FeatureParts.Count).Select(place => SavedColumns.Part + place)];
        IEstimator<ITransformer>[] estimators =
        [
            catalog.CopyColumns(SavedColumns.Image, transformer.ImageColumnName),
            catalog.CustomMapping(new StateKeyContract().GetMapping(), StateKeyContract.Name),
            catalog.Conversion.MapValue(SavedColumns.State, new Dictionary<string, string> { [SavedColumns.KeyValue] = state.ToText() }, SavedColumns.Key),
            mapping,
            catalog.Concatenate(transformer.OutputColumnName, parts),
            catalog.DropColumns(temporary),
        ];

        var schema = new DataViewSchema.Builder();
        schema.AddColumn(transformer.ImageColumnName, transformer.Kind switch
        {
            ImageColumnKind.Path => TextDataViewType.Instance,
            ImageColumnKind.Bytes => new VectorDataViewType(NumberDataViewType.Byte),
            _ => new ImageDataViewType(),
        });

        // Fitted one by one: an estimator chain would first compare promised types, and finds no two types of images equal.
        IDataView view = new EmptyView(schema.ToSchema());
        return new TransformerChain<ITransformer>([.. estimators.Select(estimator =>
        {
            var fitted = estimator.Fit(view);
            view = fitted.Transform(view);
            return fitted;
        })]);
    }

    /// <summary>The state of a loaded chain; null where it is no such chain.</summary>
    public static FeatureState? StateOf(IReadOnlyList<ITransformer> chain)
    {
        var key = chain.ToList().FindIndex(part => part is CustomMappingTransformer<NoColumns, StateKey>);
        if (key < 0 || key + 1 >= chain.Count)
        {
            return null;
        }

        var row = chain[key + 1].Transform(chain[key].Transform(LocalContext.Instance.Data.LoadFromEnumerable([new OneRow()])));
        return row.Schema.GetColumnOrNull(SavedColumns.State) is { Type: TextDataViewType } column
            ? FeatureState.Parse(row.GetColumn<string>(column).Single())
            : null;
    }

    private sealed class OneRow
    {
        public bool Value { get; set; }
    }
}
