using System.Runtime.ExceptionServices;
using MlTransfer.Datasets.Files;
using MlTransfer.Datasets.Images;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Extraction;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Classification;

/// <summary>
/// Network and head as one: the bytes of an image file in (JPEG, PNG, BMP, GIF), labels with their probabilities out.
/// <code>
/// using var classifier = ImageClassifier.Load("flowers.head");
/// Console.WriteLine(classifier.Predict(File.ReadAllBytes("rose.jpg")).Label);
/// </code>
/// </summary>
/// <remarks>
/// Thread-safe: images are decoded and scaled on the threads that bring them, and what waits while the network computes goes into its next batch. What an
/// image gets does not depend on the others, nor on the number of threads. The network is read and compiled when the first image comes, or by
/// <see cref="Compile"/>. Keep one classifier for the life of a program: it holds the network's weights.
/// </remarks>
public sealed class ImageClassifier : IDisposable
{
    private readonly ClassificationQueue _queue;
    private readonly FeatureExtractor _extractor;
    private readonly int _threads;

    private ImageClassifier(ClassifierHead head, Backbone backbone, BackboneTap tap, IGraphEngine engine, ImageClassifierOptions options)
    {
        head.EnsureMatches(backbone.Id, backbone.GraphSha256, tap.Tensor, backbone.PreprocessingId);
        Head = head;
        Backbone = backbone;
        _threads = options.Threads;
        _extractor = new FeatureExtractor(backbone, [tap], engine, new EngineOptions { Threads = options.Threads });
        _queue = new ClassificationQueue(_extractor, head, backbone.Preprocessing is null ? 1 : Math.Min(options.Batch, backbone.MaxBatch));
    }

    /// <summary>The head.</summary>
    public ClassifierHead Head { get; }

    /// <summary>The network.</summary>
    public Backbone Backbone { get; }

    /// <summary>The labels, in the order of <see cref="ImagePrediction.Probabilities"/>.</summary>
    public IReadOnlyList<string> Labels => Head.Labels;

    /// <summary>Reads a head file and finds the network it was fitted on.</summary>
    /// <param name="headPath">A file that <c>train-head</c>, <c>retrain</c> or <see cref="ClassifierHead.Save"/> wrote.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// Not a usable head file, the network is neither in the catalog nor named, or it is another one than the head's; the message says which and what to do.
    /// </exception>
    public static ImageClassifier Load(string headPath, ImageClassifierOptions? options = null) => Create(ClassifierHead.Load(headPath), options);

    /// <summary>Joins a head and the network it was fitted on.</summary>
    /// <param name="head">The head.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="InvalidDataException">The network is neither in the catalog nor named, or it is another one than the head's.</exception>
    public static ImageClassifier Create(ClassifierHead head, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(head);
        options ??= new ImageClassifierOptions();
        var engine = options.Engine ?? new ManagedEngine();
        var wanted = head.Description;
        try
        {
            var (backbone, tap) = BackboneResolver.ResolveStored(
                wanted.BackboneId, wanted.GraphSha256, wanted.Tensor, head.FeatureDimension, wanted.Preprocessing, options.Model, engine);
            return new ImageClassifier(head, backbone, tap, engine, options);
        }
        catch (FormatException fault)
        {
            throw new InvalidDataException($"The head does not say how images become the network's input: {fault.Message}", fault);
        }
    }

    /// <summary>Reads and compiles the network now instead of at the first image.</summary>
    public void Compile() => _queue.Compile();

    /// <summary>Says what is on an image.</summary>
    /// <param name="file">The bytes of its file.</param>
    /// <param name="cancellation">Stops the network between two operations.</param>
    /// <exception cref="ImageFormatException">The bytes are not a picture that can be decoded; the message says what was found.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed of.</exception>
    public ImagePrediction Predict(ReadOnlySpan<byte> file, CancellationToken cancellation = default)
    {
        _queue.ThrowIfDisposed();
        return _queue.Classify([Prepare(file)], cancellation)[0];
    }

    /// <summary>Says what is on the image of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops the network between two operations.</param>
    /// <exception cref="ImageFormatException">The file is not a picture that can be decoded; the message names it and says what was found.</exception>
    /// <exception cref="IOException">The file can not be read.</exception>
    public ImagePrediction Predict(string path, CancellationToken cancellation = default) => Predict((IReadOnlyList<string>)[path], cancellation)[0];

    /// <summary>Says what is on the image that a stream holds, from where it stands to its end.</summary>
    /// <param name="stream">Read to its end, not closed.</param>
    /// <param name="cancellation">Stops the network between two operations.</param>
    /// <exception cref="ImageFormatException">The bytes are not a picture that can be decoded, or they are more than an image file may have.</exception>
    public ImagePrediction Predict(Stream stream, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > FeatureExtraction.MaxFileBytes)
            {
                throw new ImageFormatException($"The stream holds more than {FeatureExtraction.MaxFileBytes} bytes, which no image file that is read does.");
            }
        }

        return Predict(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), cancellation);
    }

    /// <summary>Says what is on many images, in batches.</summary>
    /// <param name="files">The bytes of each file.</param>
    /// <param name="cancellation">Stops within a batch.</param>
    /// <returns>One prediction an image, in order.</returns>
    /// <exception cref="ImageFormatException">An image can not be decoded; the message says which, from 0, and what was found.</exception>
    public IReadOnlyList<ImagePrediction> Predict(IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        return PredictAll(files.Count, number => $"image {number}", number => Prepare(files[number].Span), cancellation);
    }

    /// <inheritdoc cref="Predict(IReadOnlyList{ReadOnlyMemory{byte}}, CancellationToken)"/>
    public IReadOnlyList<ImagePrediction> Predict(IReadOnlyList<byte[]> files, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        return PredictAll(files.Count, number => $"image {number}", number => Prepare(files[number]), cancellation);
    }

    /// <summary>Says what is on the images of many files, in batches; a batch is read while no other is kept in memory.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="cancellation">Stops within a batch.</param>
    /// <returns>One prediction a file, in order.</returns>
    /// <exception cref="ImageFormatException">A file is not a picture that can be decoded; the message names it and says what was found.</exception>
    /// <exception cref="IOException">A file can not be read.</exception>
    public IReadOnlyList<ImagePrediction> Predict(IReadOnlyList<string> paths, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return PredictAll(paths.Count, number => paths[number], number => Prepare(RegularFile.ReadAllBytes(paths[number], FeatureExtraction.MaxFileBytes)), cancellation);
    }

    /// <summary>Lets go of the network; calls that are running end first, later ones throw.</summary>
    public void Dispose() => _queue.Dispose();

    private ClassificationItem Prepare(ReadOnlySpan<byte> file)
    {
        if (Backbone.Preprocessing is not { } preprocessing)
        {
            return new ClassificationItem { File = file.ToArray() };
        }

        var pixels = new float[preprocessing.OutputLength];
        preprocessing.Apply(PhotoReader.Read(file, preprocessing.ReadOptions), pixels);
        return new ClassificationItem { Pixels = pixels };
    }

    private ImagePrediction[] PredictAll(int count, Func<int, string> nameOf, Func<int, ClassificationItem> prepare, CancellationToken cancellation)
    {
        _queue.ThrowIfDisposed();
        var predictions = new ImagePrediction[count];
        for (var first = 0; first < count; first += _queue.Batch)
        {
            var items = new ClassificationItem[Math.Min(_queue.Batch, count - first)];
            var faults = new Exception?[items.Length];
            Parallel.For(0, items.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellation }, i =>
            {
                try
                {
                    items[i] = prepare(first + i);
                }
                catch (ImageFormatException fault)
                {
                    faults[i] = new ImageFormatException($"{nameOf(first + i)}: {fault.Message}", fault);
                }
#pragma warning disable CA1031 // Of several faults the first image's is thrown, whichever came first.
                catch (Exception fault)
#pragma warning restore CA1031
                {
                    faults[i] = fault;
                }
            });
            if (Array.Find(faults, fault => fault is not null) is { } earliest)
            {
                ExceptionDispatchInfo.Throw(earliest);
            }

            try
            {
                _queue.Classify(items, cancellation).CopyTo(predictions, first);
            }
            catch (OperationException fault) when (items is [{ File: not null }])
            {
                // The graph decodes the file itself, so its refusal is the image's fault.
                throw new ImageFormatException($"{nameOf(first)}: {fault.Message}", fault);
            }
        }

        return predictions;
    }
}
