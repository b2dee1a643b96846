using System.Buffers;
using System.Threading.Channels;
using MlTransfer.Datasets.Files;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;

namespace MlTransfer.Features.Extraction;

/// <summary>
/// Computes the features of a data set: photos are read, hashed, decoded and scaled on spare threads while the engine computes, and rows are
/// appended in the data set's order. Only what the store lacks is computed; copies of one file are computed once.
/// </summary>
public sealed class FeatureExtraction
{
    /// <summary>Largest image file read, in bytes: 512 MiB.</summary>
    public const long MaxFileBytes = 512L << 20;

    private readonly FeatureExtractor _extractor;
    private readonly TapStores _store;
    private readonly ExtractionOptions _options;
    private readonly int _batch;

    /// <summary>Prepares an extraction of one tap.</summary>
    /// <param name="extractor">A backbone and one tap.</param>
    /// <param name="store">Where the features go.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="ArgumentException">The extractor has more than one tap.</exception>
    public FeatureExtraction(FeatureExtractor extractor, IFeatureStore store, ExtractionOptions? options = null)
        : this(extractor, [store], options)
    {
    }

    /// <summary>Prepares an extraction of several taps in one pass over the images.</summary>
    /// <param name="extractor">A backbone and its taps.</param>
    /// <param name="stores">Where the features of each tap go, in the order of the taps. An image is computed where one of them lacks it.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is not one store a tap.</exception>
    public FeatureExtraction(FeatureExtractor extractor, IReadOnlyList<IFeatureStore> stores, ExtractionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentNullException.ThrowIfNull(stores);
        foreach (var store in stores)
        {
            ArgumentNullException.ThrowIfNull(store, nameof(stores));
        }

        if (extractor.Taps.Count != stores.Count)
        {
            throw new ArgumentException($"A store takes the features of one tap; the extractor has {extractor.Taps.Count}, stores there are {stores.Count}.", nameof(stores));
        }

        _extractor = extractor;
        _store = new TapStores(stores);
        _options = options ?? new ExtractionOptions();
        _batch = extractor.Backbone.Preprocessing is null ? 1 : Math.Min(_options.Batch, extractor.Backbone.MaxBatch);
    }

    /// <summary>What the features of a tap are stored under.</summary>
    public static FeatureStoreKey KeyOf(Backbone backbone, BackboneTap tap)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(tap);
        return new FeatureStoreKey(backbone.Id, backbone.GraphSha256, tap.Tensor, tap.Dimension, backbone.PreprocessingId);
    }

    /// <summary>Computes and saves what the store lacks of a data set.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="progress">Told after every batch, on the calling thread; null for silence.</param>
    /// <param name="cancellation">Ends the work within a second; what is computed by then is saved.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the rows done are saved.</exception>
    /// <exception cref="ImageFaultException">An image can not be read and <see cref="ExtractionOptions.OnError"/> is stop; the rows done are saved.</exception>
    /// <exception cref="IOException">The store can not be written; the rows reported as saved are safe.</exception>
    public ExtractionResult Run(ImageDataset dataset, IProgress<ExtractionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var prepared = Channel.CreateBounded<Task<PreparedImage>>(new BoundedChannelOptions(_batch + Environment.ProcessorCount) { SingleReader = true, SingleWriter = true });
        var producer = Task.Run(() => PrepareAllAsync(dataset, prepared.Writer, stop.Token), CancellationToken.None);
        var run = new ExtractionRun(_extractor, _store, _options, _batch, dataset.Images.Count, progress);
        try
        {
            while (prepared.Reader.WaitToReadAsync(cancellation).AsTask().GetAwaiter().GetResult())
            {
                while (prepared.Reader.TryRead(out var next))
                {
                    run.Add(next.GetAwaiter().GetResult(), cancellation);
                }
            }

            run.Finish(cancellation);
            return run.Result();
        }
        finally
        {
            stop.Cancel();
            run.Save();
            Drain(prepared.Reader, producer);
        }
    }

    private static void Drain(ChannelReader<Task<PreparedImage>> reader, Task producer)
    {
        try
        {
            producer.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The work was ended early; what the reader did not take is given back below.
        }

        while (reader.TryRead(out var task))
        {
            if (task.GetAwaiter().GetResult().Pixels is { } pixels)
            {
                ArrayPool<float>.Shared.Return(pixels);
            }
        }
    }

    private async Task PrepareAllAsync(ImageDataset dataset, ChannelWriter<Task<PreparedImage>> writer, CancellationToken stop)
    {
        // The channel's bound holds the readers back, so that memory stays flat however large the data set is.
        using var slots = new SemaphoreSlim(Environment.ProcessorCount);
        try
        {
            foreach (var image in dataset.Images)
            {
                await slots.WaitAsync(stop).ConfigureAwait(false);
                var task = Task.Run(
                    () =>
                    {
                        try
                        {
                            return Prepare(image);
                        }
                        finally
                        {
                            slots.Release();
                        }
                    },
                    CancellationToken.None);
                await writer.WriteAsync(task, stop).ConfigureAwait(false);
            }

            writer.Complete();
        }
        finally
        {
            writer.TryComplete();
            for (var i = 0; i < Environment.ProcessorCount; i++)
            {
                await slots.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private PreparedImage Prepare(LabeledImage image)
    {
        try
        {
            var file = RegularFile.ReadAllBytes(image.FullPath, MaxFileBytes);
            var hash = ContentHash.Of(file);
            if (_store.Contains(hash))
            {
                return new PreparedImage(image) { Hash = hash, IsKnown = true };
            }

            if (_extractor.Backbone.Preprocessing is not { } preprocessing)
            {
                return new PreparedImage(image) { Hash = hash, File = file };
            }

            var photo = PhotoReader.Read(file, preprocessing.ReadOptions);
            var pixels = ArrayPool<float>.Shared.Rent(preprocessing.OutputLength);
            preprocessing.Apply(photo, pixels.AsSpan(0, preprocessing.OutputLength));
            return new PreparedImage(image) { Hash = hash, Pixels = pixels };
        }
        catch (Exception fault) when (fault is ImageFormatException or IOException or UnauthorizedAccessException)
        {
            return new PreparedImage(image) { Fault = fault.Message };
        }
#pragma warning disable CA1031 // One image must not end a run over many; whatever its fault is, the image is named with it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return new PreparedImage(image) { Fault = $"reading it failed unexpectedly ({fault.GetType().Name}: {fault.Message}); please report this file" };
        }
    }
}
