using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;

namespace MlTransfer.ML;

/// <summary>How <see cref="BottleneckFeaturesCatalog.ExtractBottleneckFeatures"/> works. Only <see cref="Backbone"/> and <see cref="OnBadImage"/> change a value.</summary>
public sealed record BottleneckFeaturesOptions
{
    private readonly int _batch = 8;
    private readonly int _threads = Environment.ProcessorCount;
    private readonly int _memoryMegabytes = 512;

    /// <summary>Network, tap and preprocessing; default: the catalog's first network and its bottleneck, 2,048 features of InceptionV3.</summary>
    public BackboneRequest Backbone { get; init; } = new();

    /// <summary>
    /// Folder of a feature cache, the same as the command line's: what is in it is not computed again, what is new is added. Made when missing. Null
    /// (default): features are kept in memory, as far as <see cref="MemoryMegabytes"/> goes.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Most memory for features where there is no <see cref="CacheFolder"/>, in MiB, 0 (keep nothing) or more; default 512, 65,536 images of 2,048 features.</summary>
    public int MemoryMegabytes
    {
        get => _memoryMegabytes;
        init => _memoryMegabytes = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Memory is 0 MiB or more.");
    }

    /// <summary>
    /// Folder that paths in the image column are relative to; null (default): the one that <see cref="ImageDataCatalog.LoadImageFolder"/> noted, else the
    /// current folder. In the cache, images below it go by their path relative to it, with '/', as on the command line.
    /// </summary>
    public string? ImageFolder { get; init; }

    /// <summary>
    /// Column whose text (or key with text values) is written into the cache as the image's label, where the data has it; default <c>Label</c>. It does not
    /// touch the features.
    /// </summary>
    public string LabelColumn { get; init; } = "Label";

    /// <summary>Images computed at once, at least 1; default 8. As many rows again are read and decoded ahead.</summary>
    public int Batch
    {
        get => _batch;
        init => _batch = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A batch has at least one image.");
    }

    /// <summary>Threads of the engine, at least 1; default one a processor.</summary>
    public int Threads
    {
        get => _threads;
        init => _threads = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one thread is needed.");
    }

    /// <summary>What an image that cannot be read gives; default: the row's features throw.</summary>
    public OnBadImage OnBadImage { get; init; }

    /// <summary>What runs the graph; null (default) for the managed engine.</summary>
    public IGraphEngine? Engine { get; init; }

    /// <summary>Told how far each walk is that computes something; null (default) for silence.</summary>
    public IProgress<FeaturesProgress>? Progress { get; init; }

    /// <summary>Ends an extraction within a second, as cancelling the execution of the <c>MLContext</c> does; what is computed by then is in the cache.</summary>
    public CancellationToken Cancellation { get; init; }
}
