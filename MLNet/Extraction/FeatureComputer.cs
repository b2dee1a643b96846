using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Tensors;

namespace MlTransfer.ML.Extraction;

/// <summary>
/// What the cursors of one transformer share: network, cache, and which file had which content. Thread-safe. Disposing lets the network go; it comes back
/// when it is needed again, since ML.NET's prediction engines dispose of transformers that are still in use.
/// </summary>
internal sealed class FeatureComputer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IGraphEngine _engine;
    private readonly int _threads;
    private readonly ConcurrentDictionary<string, (long Length, DateTime Written, ContentHash Hash)> _files = new(StringComparer.Ordinal);
    private NetworkPool.Lease? _network;

    public FeatureComputer(Backbone backbone, BackboneTap tap, IGraphEngine engine, int threads, int batch, IFeatureMemo memo)
    {
        Backbone = backbone;
        Tap = tap;
        Key = FeatureExtraction.KeyOf(backbone, tap);
        Memo = memo;
        Batch = backbone.Preprocessing is null ? 1 : Math.Min(batch, backbone.MaxBatch);
        _engine = engine;
        _threads = threads;
    }

    public Backbone Backbone { get; }

    public BackboneTap Tap { get; }

    public FeatureStoreKey Key { get; }

    public IFeatureMemo Memo { get; }

    /// <summary>Images computed at once.</summary>
    public int Batch { get; }

    /// <summary>Reads an image as far as it is needed. Never throws for what is wrong with the image.</summary>
    public PreparedContent Prepare(ImageContent image)
    {
        try
        {
            if (image.Path is not null)
            {
                return PrepareFile(image.Path);
            }

            if (image.File is not null)
            {
                return Prepare(ContentHash.Of(image.File), image.File);
            }

            if (image.Pixels is null)
            {
                return new PreparedContent { Fault = "there is no image: the value is empty" };
            }

            var hash = HashOf(image.Pixels);
            return Known(hash) ?? Scaled(hash, image.Pixels);
        }
        catch (Exception fault) when (fault is ImageFormatException or IOException or UnauthorizedAccessException && fault is not FeatureCacheException)
        {
            return new PreparedContent { Fault = fault.Message };
        }
    }

    /// <summary>Computes images whose features are not known, at most <see cref="Batch"/>.</summary>
    /// <param name="images">The images.</param>
    /// <param name="cancellation">Stops between operations of the graph.</param>
    /// <param name="isKept">Whether the features are kept for later.</param>
    /// <returns>Features or a fault for each, in order.</returns>
    public (float[]? Features, string? Fault)[] Compute(
        IReadOnlyList<(ImageContent Image, PreparedContent Prepared)> images, CancellationToken cancellation, bool isKept = true)
    {
        float[] rows;
        try
        {
            // Another thread's disposal does not take the network away while it computes.
            using var network = Borrow();
            rows = network.Extractor.Extract(ToInput(images), images.Count, cancellation)[0];
        }
        catch (OperationException fault) when (images is [{ Prepared.File: not null }])
        {
            // The graph decodes the file itself, so its refusal is the image's fault.
            return [(null, fault.Message)];
        }

        var results = new (float[]? Features, string? Fault)[images.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var features = rows.AsSpan(i * Key.Dimension, Key.Dimension).ToArray();
            var wrong = Array.FindIndex(features, value => !float.IsFinite(value));
            if (wrong >= 0)
            {
                results[i] = (null, $"the network's features hold {features[wrong]}, which is no finite number; the graph or its preprocessing does not suit this image");
                continue;
            }

            results[i] = (features, null);
            if (isKept && Memo.Add(images[i].Image, images[i].Prepared.Hash, features))
            {
                Remember(images[i].Prepared);
            }
        }

        return results;
    }

    /// <summary>Notes which content a file has, so that it is not read again; only where the content's features are kept, lest names gather for ever.</summary>
    private void Remember(PreparedContent prepared)
    {
        if (prepared.Version is { } version)
        {
            _files[version.Path] = (version.Length, version.Written, prepared.Hash);
        }
    }

    /// <summary>As <see cref="Remember"/>, of a file that has the content of another.</summary>
    public void RememberCopy(PreparedContent prepared)
    {
        if (prepared.Version is not null && Memo.Find(prepared.Hash) is not null)
        {
            Remember(prepared);
        }
    }

    /// <summary>Files whose content is known without reading them.</summary>
    internal int RememberedFiles => _files.Count;

    /// <summary>Gives back what preparing rented.</summary>
    public static void Release(PreparedContent prepared)
    {
        if (prepared.Pixels is { } pixels)
        {
            ArrayPool<float>.Shared.Return(pixels);
        }
    }

    public void Dispose()
    {
        NetworkPool.Lease? network;
        lock (_gate)
        {
            network = _network;
            _network = null;
        }

        network?.Dispose();
    }

    private NetworkPool.Lease Borrow()
    {
        lock (_gate)
        {
            _network ??= NetworkPool.Acquire(Backbone, Tap, _engine, _threads);
            return NetworkPool.Acquire(Backbone, Tap, _engine, _threads);
        }
    }

    private PreparedContent PrepareFile(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            var isFolder = Directory.Exists(path);
            return new PreparedContent { Fault = isFolder ? $"{path} is a folder, not an image file" : $"the file {path} does not exist" };
        }

        if (info.Length > FeatureExtraction.MaxFileBytes)
        {
            return new PreparedContent { Fault = $"the file has {info.Length} bytes; at most {FeatureExtraction.MaxFileBytes} are read" };
        }

        // A file of the same length and date as before is not read again, so a trainer that walks its input a hundred times reads the photos once.
        if (_files.TryGetValue(path, out var seen) && seen.Length == info.Length && seen.Written == info.LastWriteTimeUtc && Known(seen.Hash) is { } known)
        {
            return known;
        }

        var file = File.ReadAllBytes(path);
        var prepared = Prepare(ContentHash.Of(file), file) with { Version = (path, info.Length, info.LastWriteTimeUtc) };
        if (prepared.Features is not null)
        {
            Remember(prepared);
        }

        return prepared;
    }

    private PreparedContent Prepare(ContentHash hash, byte[] file) =>
        Known(hash) ?? (Backbone.Preprocessing is { } preprocessing
            ? Scaled(hash, PhotoReader.Read(file, preprocessing.ReadOptions))
            : new PreparedContent { Hash = hash, File = file });

    private PreparedContent? Known(ContentHash hash) => Memo.Find(hash) is { } features ? new PreparedContent { Hash = hash, Features = features } : null;

    private PreparedContent Scaled(ContentHash hash, ImageBuffer picture)
    {
        var preprocessing = Backbone.Preprocessing!;
        var pixels = ArrayPool<float>.Shared.Rent(preprocessing.OutputLength);
        preprocessing.Apply(picture, pixels.AsSpan(0, preprocessing.OutputLength));
        return new PreparedContent { Hash = hash, Pixels = pixels };
    }

    /// <summary>The content of a decoded picture; what precedes its samples keeps it apart from any image file.</summary>
    private static ContentHash HashOf(ImageBuffer picture)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData("MlTransfer RGB pixels\0"u8);
        Span<byte> size = stackalloc byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(size, picture.Width);
        BinaryPrimitives.WriteInt32LittleEndian(size[sizeof(int)..], picture.Height);
        sha.AppendData(size);
        sha.AppendData(picture.Samples);
        return new ContentHash(sha.GetHashAndReset());
    }

    private Tensor ToInput(IReadOnlyList<(ImageContent Image, PreparedContent Prepared)> images)
    {
        if (images is [{ Prepared.File: { } file }])
        {
            return Tensor.FromBytes(file);
        }

        var preprocessing = Backbone.Preprocessing!;
        var length = preprocessing.OutputLength;
        var pixels = new float[images.Count * length];
        for (var i = 0; i < images.Count; i++)
        {
            images[i].Prepared.Pixels.AsSpan(0, length).CopyTo(pixels.AsSpan(i * length));
        }

        return Tensor.From(new TensorShape(images.Count, preprocessing.Height, preprocessing.Width, 3), pixels);
    }
}
