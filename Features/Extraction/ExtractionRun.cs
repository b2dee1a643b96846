using System.Buffers;
using System.Diagnostics;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Extraction;

/// <summary>The consuming side of one extraction: gathers batches, computes them, appends rows in order and saves now and then.</summary>
internal sealed class ExtractionRun(
    FeatureExtractor extractor, TapStores store, ExtractionOptions options, int batch, int total, IProgress<ExtractionProgress>? progress)
{
    /// <summary>Most images that wait in a row before a batch is computed although it is not full.</summary>
    private readonly int _patience = 8 * batch;

    private readonly List<PreparedImage> _waiting = [];
    private readonly HashSet<ContentHash> _toCompute = [];
    private readonly List<ImageFault> _faults = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan? _firstBatch;
    private TimeSpan _lastSave;
    private int _computed;
    private int _reused;
    private int _unsaved;
    private int _saved;
    private bool _forgot;

    private int Done => _computed + _reused + _faults.Count;

    /// <summary>Takes the next image, in the data set's order; computes when a batch is full.</summary>
    public void Add(PreparedImage next, CancellationToken cancellation)
    {
        if (next.Fault is { } reason)
        {
            Refuse(next.Image, reason);
        }
        else
        {
            // An image whose content is known, or is about to be, needs no computing but waits its turn: rows keep the data set's order.
            if (!next.IsKnown && (store.Contains(next.Hash) || !_toCompute.Add(next.Hash)))
            {
                GiveBack(next);
                next = next with { IsKnown = true, Pixels = null, File = null };
            }

            _waiting.Add(next);
            if (_toCompute.Count == batch || _waiting.Count >= _patience)
            {
                Compute(cancellation);
            }
        }

        if (_clock.Elapsed - _lastSave >= options.SaveEvery)
        {
            Save();
        }

        Report();
    }

    /// <summary>Computes what is left of the last batch and saves.</summary>
    public void Finish(CancellationToken cancellation)
    {
        Compute(cancellation);
        Save();
        Report();
    }

    /// <summary>Makes the rows appended so far safe on the disk.</summary>
    public void Save()
    {
        if (_unsaved > 0 || _forgot)
        {
            store.Save();
            _saved += _unsaved;
            (_unsaved, _forgot) = (0, false);
        }

        _lastSave = _clock.Elapsed;
    }

    /// <summary>What was done.</summary>
    public ExtractionResult Result()
    {
        var elapsed = _clock.Elapsed;
        return new ExtractionResult(total, _computed, _reused, _faults, elapsed, _computed / elapsed.TotalSeconds);
    }

    private static void GiveBack(PreparedImage image)
    {
        if (image.Pixels is { } pixels)
        {
            ArrayPool<float>.Shared.Return(pixels);
        }
    }

    private void Compute(CancellationToken cancellation)
    {
        var images = _waiting.ToArray();
        var computed = images.Where(image => !image.IsKnown).ToArray();
        _waiting.Clear();
        _toCompute.Clear();
        IReadOnlyList<float[]> features = [];
        string? refusal = null;
        try
        {
            if (computed.Length > 0)
            {
                _firstBatch ??= _clock.Elapsed;
                features = extractor.Extract(ToInput(computed), computed.Length, cancellation);
            }
        }
        catch (OperationException fault) when (computed is [{ File: not null }])
        {
            // The graph decodes the file itself, so its refusal is the image's fault.
            refusal = fault.Message;
        }
        finally
        {
            Array.ForEach(computed, GiveBack);
        }

        var row = 0;
        foreach (var image in images)
        {
            if (image.IsKnown)
            {
                Reuse(image.Image, image.Hash);
            }
            else if (refusal is not null)
            {
                Refuse(image.Image, refusal);
            }
            else
            {
                Append(image, [.. features.Select((values, tap) => values.AsMemory(row * extractor.Taps[tap].Dimension, extractor.Taps[tap].Dimension))]);
                row++;
            }
        }
    }

    private void Append(PreparedImage image, ReadOnlyMemory<float>[] features)
    {
        foreach (var tap in features)
        {
            foreach (var value in tap.Span)
            {
                if (!float.IsFinite(value))
                {
                    Refuse(image.Image, $"the network's features hold {value}, which is no finite number; the graph or its preprocessing does not suit this image");
                    return;
                }
            }
        }

        store.Append(image.Image, image.Hash, features);
        _computed++;
        _unsaved++;
    }

    private Tensor ToInput(PreparedImage[] images)
    {
        if (images is [{ File: { } file }])
        {
            return Tensor.FromBytes(file);
        }

        var preprocessing = extractor.Backbone.Preprocessing!;
        var length = preprocessing.OutputLength;
        var pixels = new float[images.Length * length];
        for (var i = 0; i < images.Length; i++)
        {
            images[i].Pixels.AsSpan(0, length).CopyTo(pixels.AsSpan(i * length));
        }

        return Tensor.From(new TensorShape(images.Length, preprocessing.Height, preprocessing.Width, 3), pixels);
    }

    private void Reuse(LabeledImage image, ContentHash hash)
    {
        if (!store.Contains(hash))
        {
            Refuse(image, "the file is a copy of one that could not be used");
            return;
        }

        store.Assign(image, hash);
        _reused++;
        _unsaved++;
    }

    private void Refuse(LabeledImage image, string reason)
    {
        var fault = new ImageFault(image.Path, reason);
        _faults.Add(fault);
        store.Forget(image);
        _forgot = true;
        if (options.OnError == OnImageError.Stop)
        {
            throw new ImageFaultException(fault);
        }
    }

    private void Report()
    {
        if (progress is null)
        {
            return;
        }

        var busy = _firstBatch is { } first ? (_clock.Elapsed - first).TotalSeconds : 0;
        var rate = busy > 0 ? _computed / busy : 0;
        TimeSpan? left = rate > 0 ? TimeSpan.FromSeconds((total - Done) / rate) : null;
        progress.Report(new ExtractionProgress(Done, total, _computed, _reused, _faults.Count, _saved, rate, left));
    }
}
