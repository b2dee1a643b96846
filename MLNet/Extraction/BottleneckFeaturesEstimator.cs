using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Extraction;
using MlTransfer.ML.Persistence;

namespace MlTransfer.ML.Extraction;

/// <summary>Makes a <see cref="BottleneckFeaturesTransformer"/>; nothing is learned from the data. See <see cref="BottleneckFeaturesCatalog.ExtractBottleneckFeatures"/>.</summary>
public sealed class BottleneckFeaturesEstimator : IEstimator<BottleneckFeaturesTransformer>
{
    private static readonly ManagedEngine s_engine = new();

    private readonly ExecutionProbe _probe;
    private readonly string _output;
    private readonly string _image;
    private readonly BottleneckFeaturesOptions _options;
    private readonly Lazy<(Backbone Backbone, BackboneTap Tap)> _network;

    internal BottleneckFeaturesEstimator(ExecutionProbe probe, string output, string image, BottleneckFeaturesOptions options)
    {
        _probe = probe;
        _output = output;
        _image = image;
        _options = options;
        // A fault is not kept: the graph's file may be put right.
        _network = new(() => BackboneResolver.Resolve(options.Backbone, options.Engine ?? s_engine), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>The engine that is used unless another is named.</summary>
    internal static IGraphEngine DefaultEngine => s_engine;

    /// <summary>Checks that the data has the image column, and makes the transformer. No image is read.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentException">The image column is missing or holds no images; or there is no such network or tap.</exception>
    /// <exception cref="MlTransfer.Features.Cache.FeatureCacheException">The cache folder holds other features.</exception>
    public BottleneckFeaturesTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (backbone, tap) = _network.Value;
        var kind = ImageColumn.KindIn(input.Schema, _image, backbone);
        var key = FeatureExtraction.KeyOf(backbone, tap);
        IFeatureMemo memo = _options.CacheFolder is { } folder
            ? FeatureDisk.At(folder, key)
            : new FeatureMemory((long)_options.MemoryMegabytes * (1 << 20) / (sizeof(float) * (long)key.Dimension));
        var computer = new FeatureComputer(backbone, tap, _options.Engine ?? s_engine, _options.Threads, _options.Batch, memo);
        return new BottleneckFeaturesTransformer(_probe, _output, _image, kind, _options, computer);
    }

    /// <summary>Promises the features column.</summary>
    /// <param name="inputSchema">What the data will have.</param>
    /// <exception cref="ArgumentException">The image column is missing or holds no images; or there is no such network or tap.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var (backbone, tap) = _network.Value;
        _ = ImageColumn.KindIn(inputSchema, _image, backbone);

        // Columns of a promised schema cannot be made outside ML.NET; a mapping that adds such a column makes one.
        var schema = SchemaDefinition.Create(typeof(VectorColumn));
        schema[0].ColumnName = _output;
        schema[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, tap.Dimension);
        FeatureAnnotations.AddTo(schema[0], FeatureExtraction.KeyOf(backbone, tap));
        return LocalContext.Instance.Transforms.CustomMapping<NoColumns, VectorColumn>((_, _) => { }, null, outputSchemaDefinition: schema).GetOutputSchema(inputSchema);
    }

    private sealed class VectorColumn
    {
        public VBuffer<float> Value { get; set; }
    }
}
