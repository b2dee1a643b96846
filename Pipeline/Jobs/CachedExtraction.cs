using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Brings a cache in line with a data set: computes what is new or changed, forgets the names that are gone.</summary>
internal static class CachedExtraction
{
    /// <summary>Updates the cache.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="tap">Its tap.</param>
    /// <param name="folder">The cache's folder.</param>
    /// <param name="keep">Whether names that the data set does not have stay in the cache.</param>
    /// <param name="engine">What computes.</param>
    /// <param name="engineOptions">How it computes.</param>
    /// <param name="options">How to work.</param>
    /// <param name="output">Where progress goes.</param>
    /// <param name="cancellation">Ends the work; what is computed by then is saved.</param>
    public static ExtractionResult Update(
        ImageDataset dataset,
        Backbone backbone,
        BackboneTap tap,
        string folder,
        bool keep,
        IGraphEngine engine,
        EngineOptions engineOptions,
        ExtractionOptions options,
        CommandOutput output,
        CancellationToken cancellation)
    {
        foreach (var notice in dataset.Notices)
        {
            output.Notice(notice);
        }

        using var cache = FeatureCache.Open(folder, FeatureExtraction.KeyOf(backbone, tap));
        foreach (var notice in cache.Notices)
        {
            output.Notice(notice);
        }

        var result = ImageFeatures.Extract(dataset, backbone, tap, new CacheFeatureStore(cache), engine, engineOptions, options, output, cancellation);
        if (!keep)
        {
            var present = dataset.Images.Select(image => image.Path).ToHashSet(StringComparer.Ordinal);
            var gone = cache.Retain(present);
            cache.Commit();
            if (gone.Count > 0)
            {
                output.Notice($"{gone.Count} image{(gone.Count == 1 ? "" : "s")} of the cache {(gone.Count == 1 ? "is" : "are")} not among these any more and will not be used (--keep would keep {(gone.Count == 1 ? "it" : "them")}): {string.Join(", ", gone.Take(5))}{(gone.Count > 5 ? " …" : "")}");
            }
        }

        foreach (var notice in DuplicateContent.Describe(DuplicateContent.Find(cache.Entries.Select(entry => (entry.Path, entry.Label, entry.Hash)))))
        {
            output.Notice(notice);
        }

        return result;
    }

    /// <summary>Refuses to go on without a single image.</summary>
    /// <exception cref="InvalidDataException">None could be read; the message names the first and why.</exception>
    public static void RequireSome(ExtractionResult extraction)
    {
        if (extraction.Faults.Count == extraction.Images)
        {
            throw new InvalidDataException($"None of {extraction.Images} images could be read; the first: {extraction.Faults[0].Path}: {extraction.Faults[0].Reason}");
        }
    }

    /// <summary>The folder name of a cache: another model, tap or preprocessing gets one of its own instead of an error.</summary>
    public static string NameOf(Backbone backbone, BackboneTap tap) =>
        new string([.. $"{backbone.Id}-{tap.Name}{(backbone.Precision == Precision.Int8 ? "-int8" : "")}".Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_')]) + ".features";

    /// <summary>Reads the rows of a cache, those of a list only where there is one, and says which of the list are not there.</summary>
    public static LabeledFeatures ReadListed(FeatureCache cache, ImageDataset? list, CommandOutput output)
    {
        foreach (var notice in cache.Notices)
        {
            output.Notice(notice);
        }

        var features = Read(cache, list);
        if (list is not null && list.Images.Count > features.Paths.Count)
        {
            var there = features.Paths.ToHashSet(StringComparer.Ordinal);
            output.Notice($"{list.Images.Count - features.Paths.Count} of the {list.Images.Count} images of the list are not in {cache.Folder} and are left out (first: {list.Images.First(image => !there.Contains(image.Path)).Path}). extract-features computes them.");
        }

        return features;
    }

    /// <summary>Reads the rows of a cache, those of the data set only where there is one, with its labels.</summary>
    public static LabeledFeatures Read(FeatureCache cache, ImageDataset? dataset)
    {
        var entries = cache.Entries;
        string[] labels;
        double[]? weights = null;
        if (dataset is null)
        {
            labels = [.. entries.Select(entry => entry.Label)];
        }
        else
        {
            var byPath = entries.ToDictionary(entry => entry.Path, StringComparer.Ordinal);
            var present = dataset.Images.Where(image => byPath.ContainsKey(image.Path)).ToArray();
            entries = [.. present.Select(image => byPath[image.Path])];
            labels = [.. present.Select(image => image.Label)];
            weights = Array.TrueForAll(present, image => image.Weight == 1) ? null : Array.ConvertAll(present, image => image.Weight);
        }

        string[] paths = [.. entries.Select(entry => entry.Path)];
        if (paths.Length == 0)
        {
            throw new TrainingDataException($"{cache.Folder} has no features of these images. Run extract-features on them first.");
        }

        return new LabeledFeatures(paths, labels, new FeatureMatrix(cache.ReadMatrix(entries), paths.Length, cache.Key.Dimension, paths))
        {
            Hashes = [.. entries.Select(entry => entry.Hash)],
            Weights = weights,
        };
    }
}
