using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.ML.Persistence;

namespace MlTransfer.ML.Extraction;

/// <summary>Adds a features column to data; see <see cref="BottleneckFeaturesCatalog.ExtractBottleneckFeatures"/>. Thread-safe.</summary>
/// <remarks>
/// <c>ml.Model.Save</c> writes network (by name and SHA-256), tap and preprocessing, not the network's weights and not the cache folder. See
/// <see cref="TransferModelCatalog"/> for loading.
/// </remarks>
public sealed class BottleneckFeaturesTransformer : ITransformer, IDisposable
{
    private readonly ExecutionProbe? _probe;

    internal BottleneckFeaturesTransformer(
        ExecutionProbe? probe, string outputColumnName, string imageColumnName, ImageColumnKind kind, BottleneckFeaturesOptions options, FeatureComputer computer)
    {
        _probe = probe;
        OutputColumnName = outputColumnName;
        ImageColumnName = imageColumnName;
        Kind = kind;
        Options = options;
        Computer = computer;
        Missing = new float[computer.Key.Dimension];
        Array.Fill(Missing, float.NaN);
    }

    /// <summary>Name of the features column.</summary>
    public string OutputColumnName { get; }

    /// <summary>Name of the image column.</summary>
    public string ImageColumnName { get; }

    /// <summary>The network.</summary>
    public Backbone Backbone => Computer.Backbone;

    /// <summary>Its tap.</summary>
    public BackboneTap Tap => Computer.Tap;

    /// <summary>What the features are features of; heads name it, caches go by it.</summary>
    public FeatureStoreKey Key => Computer.Key;

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    internal ImageColumnKind Kind { get; }

    internal BottleneckFeaturesOptions Options { get; }

    internal FeatureComputer Computer { get; }

    /// <summary>The features of a bad image where it is to be a missing value.</summary>
    internal float[] Missing { get; }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new FeaturesBinding(this, inputSchema).Output;
    }

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new BottleneckFeaturesView(this, new FeaturesBinding(this, input.Schema), input);
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new BottleneckFeaturesMapper(this, new FeaturesBinding(this, inputSchema));
    }

    /// <inheritdoc/>
    public void Save(ModelSaveContext ctx) => ((ICanSaveModel)SavedFeatures.Chain(this)).Save(ctx);

    /// <summary>Lets the network's memory go; it is compiled again if the transformer is used afterwards.</summary>
    public void Dispose() => Computer.Dispose();

    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    internal void ThrowIfCancelled()
    {
        Options.Cancellation.ThrowIfCancellationRequested();
        _probe?.ThrowIfCancelled();
    }

    /// <summary>The features of one image, from the cache or computed.</summary>
    internal float[] ComputeOne(ImageContent image)
    {
        var prepared = Computer.Prepare(image);
        var result = (prepared.Features, prepared.Fault);
        if (prepared.Features is null && prepared.Fault is null)
        {
            ThrowIfCancelled();
            try
            {
                result = Computer.Compute([(image, prepared)], Options.Cancellation, isKept: Options.CacheFolder is null)[0];
            }
            finally
            {
                FeatureComputer.Release(prepared);
            }
        }

        return ImageWindow.Value(result, image.Name, Options.OnBadImage, Missing).ToArray();
    }
}
