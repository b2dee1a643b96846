using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlTransfer.Features.Backbones;
using MlTransfer.ML.Extraction;

namespace MlTransfer.ML.Persistence;

/// <summary>The networks of loaded models, one for each different state, kept until the process ends.</summary>
internal static class LoadedNetworks
{
    private static readonly ConcurrentDictionary<string, Lazy<BottleneckFeaturesTransformer>> s_networks = new(StringComparer.Ordinal);

    /// <summary>The last state and its network: a chain hands over the same text, row after row.</summary>
    private static volatile Tuple<ReadOnlyMemory<char>, BottleneckFeaturesTransformer>? s_last;

    /// <summary>How networks of loaded models run; set by <see cref="TransferModelCatalog.RegisterTransferModels"/>.</summary>
    public static LoadedModelOptions Options { get; private set; } = new();

    /// <summary>Takes other options; networks that run keep theirs.</summary>
    public static void Configure(LoadedModelOptions options)
    {
        Options = options;
        s_networks.Clear();
        s_last = null;
    }

    /// <summary>The network that a state names.</summary>
    /// <exception cref="InvalidDataException">It is not to be found; the message says where it was looked for.</exception>
    public static BottleneckFeaturesTransformer Of(ReadOnlyMemory<char> state)
    {
        if (s_last is { } last && IsSame(last.Item1, state))
        {
            return last.Item2;
        }

        // A fault is not kept: the graph's file may be put right.
        var network = s_networks.GetOrAdd(state.ToString(), text => new Lazy<BottleneckFeaturesTransformer>(() => Restore(FeatureState.Parse(text), null), LazyThreadSafetyMode.PublicationOnly)).Value;
        s_last = Tuple.Create(state, network);
        return network;
    }

    /// <summary>The transformer that was saved.</summary>
    /// <param name="state">What it was.</param>
    /// <param name="probe">Tells of cancelling; null for none.</param>
    /// <exception cref="InvalidDataException">Its network is not to be found.</exception>
    public static BottleneckFeaturesTransformer Restore(FeatureState state, ExecutionProbe? probe)
    {
        var settings = Options;
        var engine = settings.Engine ?? BottleneckFeaturesEstimator.DefaultEngine;
        var model = settings.Model ?? (state.GraphPath is { } recorded && File.Exists(recorded) ? recorded : null);
        var (backbone, tap) = BackboneResolver.ResolveStored(state.Backbone, state.GraphSha256, state.Tensor, state.Dimension, state.Preprocessing, model, engine);
        var options = new BottleneckFeaturesOptions
        {
            CacheFolder = settings.CacheFolder,
            ImageFolder = settings.ImageFolder,
            Batch = state.Batch,
            Threads = settings.Threads,
            OnBadImage = state.OnBadImage,
            Engine = settings.Engine,
        };
        IFeatureMemo memo = settings.CacheFolder is { } folder ? FeatureDisk.At(folder, state.Key) : new FeatureMemory(0);
        return new BottleneckFeaturesTransformer(
            probe, state.OutputColumn, state.ImageColumn, state.Kind, options, new FeatureComputer(backbone, tap, engine, settings.Threads, state.Batch, memo));
    }

    /// <summary>Where a path of an image column leads to; null where the value is empty.</summary>
    public static string? FullPath(string path) =>
        string.IsNullOrWhiteSpace(path) ? null : Options.ImageFolder is { } folder ? Path.GetFullPath(path, Path.GetFullPath(folder)) : Path.GetFullPath(path);

    private static bool IsSame(ReadOnlyMemory<char> one, ReadOnlyMemory<char> other) =>
        one.Length == other.Length
        && (Unsafe.AreSame(ref MemoryMarshal.GetReference(one.Span), ref MemoryMarshal.GetReference(other.Span)) || one.Span.SequenceEqual(other.Span));
}
