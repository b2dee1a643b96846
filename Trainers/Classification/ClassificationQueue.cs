using System.Runtime.ExceptionServices;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Tensors;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Classification;

/// <summary>
/// Images that wait for the network. Whoever finds it free takes what waits, up to a batch, and computes for all; the others find their results when their
/// turn comes.
/// </summary>
internal sealed class ClassificationQueue(FeatureExtractor extractor, ClassifierHead head, int batch) : IDisposable
{
    private readonly Lock _engine = new();
    private readonly Lock _door = new();
    private readonly Queue<ClassificationItem> _waiting = new();
    private bool _disposed;

    /// <summary>Most images at once.</summary>
    public int Batch { get; } = batch;

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, typeof(ImageClassifier));

    /// <summary>Reads and compiles the network.</summary>
    public void Compile()
    {
        lock (_engine)
        {
            ThrowIfDisposed();
            extractor.Compile();
        }
    }

    /// <summary>Predicts for some images, no more than a batch.</summary>
    public ImagePrediction[] Classify(ClassificationItem[] items, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_door)
        {
            Array.ForEach(items, _waiting.Enqueue);
        }

        while (Array.Exists(items, item => item.Prediction is null && item.Fault is null))
        {
            lock (_engine)
            {
                Compute(items, cancellation);
            }
        }

        if (Array.Find(items, item => item.Fault is not null) is { Fault: { } fault })
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        return Array.ConvertAll(items, item => item.Prediction!);
    }

    public void Dispose()
    {
        lock (_engine)
        {
            if (!_disposed)
            {
                _disposed = true;
                extractor.Dispose();
            }
        }
    }

    /// <summary>Computes what waits, unless the caller's items are done already.</summary>
    private void Compute(ClassificationItem[] own, CancellationToken cancellation)
    {
        if (Array.TrueForAll(own, item => item.Prediction is not null || item.Fault is not null))
        {
            return;
        }

        var taken = new List<ClassificationItem>();
        lock (_door)
        {
            while (taken.Count < Batch && _waiting.TryDequeue(out var next))
            {
                taken.Add(next);
            }
        }

        // A caller may give up on its own images only: those of others are computed all the same.
        var alone = taken.TrueForAll(item => Array.IndexOf(own, item) >= 0);
        try
        {
            ThrowIfDisposed();
            var features = extractor.Extract(ToInput(taken), taken.Count, alone ? cancellation : CancellationToken.None)[0];
            for (var i = 0; i < taken.Count; i++)
            {
                Judge(taken[i], features.AsSpan(i * head.FeatureDimension, head.FeatureDimension));
            }
        }
#pragma warning disable CA1031 // Each caller gets its image's fault on its own thread.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            taken.ForEach(item => item.Fault = fault);
        }
    }

    private void Judge(ClassificationItem item, ReadOnlySpan<float> features)
    {
        var probabilities = new float[head.Labels.Count];
        try
        {
            head.Predict(features, probabilities);
            item.Prediction = new ImagePrediction(head.Labels, probabilities, head.Description.Rejection?.Judge(features, probabilities));
        }
        catch (ArgumentException fault)
        {
            item.Fault = new InvalidDataException($"The network's features of this image are no finite numbers; the graph or its preprocessing does not suit it. {fault.Message}", fault);
        }
    }

    private Tensor ToInput(List<ClassificationItem> items)
    {
        if (items is [{ File: { } file }])
        {
            return Tensor.FromBytes(file);
        }

        var preprocessing = extractor.Backbone.Preprocessing!;
        var shape = new TensorShape(items.Count, preprocessing.Height, preprocessing.Width, 3);
        if (items is [{ Pixels: { } only }])
        {
            return Tensor.From(shape, only);
        }

        var pixels = new float[items.Count * preprocessing.OutputLength];
        for (var i = 0; i < items.Count; i++)
        {
            items[i].Pixels!.CopyTo(pixels, i * preprocessing.OutputLength);
        }

        return Tensor.From(shape, pixels);
    }
}
