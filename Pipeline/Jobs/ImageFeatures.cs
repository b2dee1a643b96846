using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Runs an extraction with its progress shown, into whatever store.</summary>
internal static class ImageFeatures
{
    /// <summary>Computes what the store lacks.</summary>
    public static ExtractionResult Extract(
        ImageDataset dataset,
        Backbone backbone,
        BackboneTap tap,
        IFeatureStore store,
        IGraphEngine engine,
        EngineOptions engineOptions,
        ExtractionOptions options,
        CommandOutput output,
        CancellationToken cancellation)
    {
        using var extractor = new FeatureExtractor(backbone, [tap], engine, engineOptions);
        return Extract(dataset, extractor, [store], options, output, cancellation);
    }

    /// <summary>Computes what the stores lack, one store a tap of the extractor.</summary>
    public static ExtractionResult Extract(
        ImageDataset dataset,
        FeatureExtractor extractor,
        IReadOnlyList<IFeatureStore> stores,
        ExtractionOptions options,
        CommandOutput output,
        CancellationToken cancellation)
    {
        using var display = output.Progress("Extracting", "images");
        var progress = new DirectProgress<ExtractionProgress>(state => display.Report(
            state.Done, state.Total, state.ImagesPerSecond, state.TimeLeft, Remark(state)));
        return new FeatureExtraction(extractor, stores, options).Run(dataset, progress, cancellation);
    }

    /// <summary>Says what could not be read.</summary>
    public static void SayFaults(IReadOnlyList<ImageFault> faults, CommandOutput output)
    {
        if (faults.Count == 0)
        {
            return;
        }

        output.Notice(faults.Count == 1 ? "1 image could not be read and is left out:" : $"{faults.Count} images could not be read and are left out:");
        foreach (var fault in faults)
        {
            output.Notice($"  {fault.Path}: {fault.Reason}");
        }
    }

    private static string? Remark(ExtractionProgress state)
    {
        var parts = new List<string>();
        if (state.Reused > 0)
        {
            parts.Add($"{state.Reused} reused");
        }

        if (state.Faults > 0)
        {
            parts.Add($"{state.Faults} unreadable");
        }

        return parts.Count > 0 ? string.Join(", ", parts) : null;
    }
}
