using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Comparisons;

/// <summary>Computes the features that heads are compared on: each backbone's taps in one pass over the images, one cache a tap.</summary>
internal static class ComparedExtraction
{
    /// <summary>Brings the caches up to date.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="wanted">Backbones and taps, in the order of the table.</param>
    /// <param name="folder">Folder of the caches; those that retrain made in it are used.</param>
    /// <param name="engine">How the engine works.</param>
    /// <param name="options">How the extraction works.</param>
    /// <param name="output">Where progress goes.</param>
    /// <param name="cancellation">Ends the work; what is computed by then is saved.</param>
    public static (IReadOnlyList<ComparedFeatures> Features, IReadOnlyList<ImageFault> Faults) Update(
        ImageDataset dataset,
        IReadOnlyList<(Backbone Backbone, BackboneTap Tap)> wanted,
        string folder,
        EngineOptions engine,
        ExtractionOptions options,
        CommandOutput output,
        CancellationToken cancellation)
    {
        foreach (var notice in dataset.Notices)
        {
            output.Notice(notice);
        }

        var seconds = new Dictionary<string, double?>(StringComparer.Ordinal);
        var faults = new List<ImageFault>();
        foreach (var group in wanted.GroupBy(entry => (entry.Backbone.GraphSha256, entry.Backbone.PreprocessingId)))
        {
            var backbone = group.First().Backbone;
            BackboneTap[] taps = [.. group.Select(entry => entry.Tap)];
            var caches = new List<FeatureCache>();
            try
            {
                foreach (var tap in taps)
                {
                    caches.Add(FeatureCache.Open(FolderOf(folder, backbone, tap), FeatureExtraction.KeyOf(backbone, tap)));
                }

                foreach (var notice in caches.SelectMany(cache => cache.Notices))
                {
                    output.Notice(notice);
                }

                using var extractor = new FeatureExtractor(backbone, taps, Engines.Default, engine);
                var result = ImageFeatures.Extract(dataset, extractor, [.. caches.Select(cache => new CacheFeatureStore(cache))], options, output, cancellation);
                faults.AddRange(result.Faults.Where(fault => faults.All(known => known.Path != fault.Path)));
                foreach (var tap in taps)
                {
                    seconds[FolderOf(folder, backbone, tap)] = result.Computed > 0 ? result.Elapsed.TotalSeconds : null;
                }
            }
            finally
            {
                caches.ForEach(cache => cache.Dispose());
            }
        }

        return ([.. wanted.Select(entry => Of(FolderOf(folder, entry.Backbone, entry.Tap), entry.Backbone.Id, entry.Tap.Name, dataset, seconds[FolderOf(folder, entry.Backbone, entry.Tap)]))], faults);
    }

    /// <summary>The features of a cache that is there.</summary>
    /// <param name="folder">The cache.</param>
    /// <param name="model">What the table calls its backbone; null for what the cache says.</param>
    /// <param name="tap">What the table calls its tap; null for what the cache says.</param>
    /// <param name="dataset">The images wanted, with their labels; null for all of the cache, with its own.</param>
    /// <param name="seconds">Time the extraction took; null where it was there.</param>
    public static ComparedFeatures Of(string folder, string? model, string? tap, ImageDataset? dataset, double? seconds)
    {
        using var cache = FeatureCache.OpenRead(folder);
        var there = cache.Entries.Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        return new ComparedFeatures(
            model ?? cache.Key.BackboneId,
            tap ?? cache.Key.Tensor,
            cache.Key.Dimension,
            seconds,
            [.. dataset is null ? cache.Entries.Select(entry => entry.Path) : dataset.Images.Select(image => image.Path).Where(there.Contains)],
            paths =>
            {
                using var again = FeatureCache.OpenRead(folder);
                var rows = CachedExtraction.Read(again, dataset);
                var places = rows.Paths.Select((path, row) => (path, row)).ToDictionary(pair => pair.path, pair => pair.row, StringComparer.Ordinal);
                return rows.Select([.. paths.Select(path => places[path])]);
            });
    }

    private static string FolderOf(string folder, Backbone backbone, BackboneTap tap) => Path.Combine(folder, CachedExtraction.NameOf(backbone, tap));
}
