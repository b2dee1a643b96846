using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Datasets.Images.Png;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Backbones;

/// <summary>Finds the backbone a user means: one of the catalog, or a graph of the user's own, of which is read what can be read.</summary>
public static class BackboneResolver
{
    /// <summary>Id of backbones that are not in the catalog: this and the file's name.</summary>
    private const string OwnPrefix = "file:";

    /// <summary>Finds backbone and tap.</summary>
    /// <param name="request">What the user says.</param>
    /// <param name="engine">Runs a graph of the user's own once, on a blank image, to learn the number of features.</param>
    /// <exception cref="ArgumentException">No such model or tap, or something that only a graph of one's own takes is said of a model of the catalog.</exception>
    /// <exception cref="GraphFormatException">The graph can not be used, or does not tell enough; the message says what to add.</exception>
    public static (Backbone Backbone, BackboneTap Tap) Resolve(BackboneRequest request, IGraphEngine engine)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(engine);
        var catalog = BackboneCatalog.Load();
        if (request.Model is { } model && catalog.Backbones.All(backbone => backbone.Id != model))
        {
            return GraphFile.Exists(model) ? FromFile(model, request, engine) : throw NoSuchModel(model, catalog);
        }

        var found = request.Model is null ? catalog.Backbones[0] : catalog.Find(request.Model);
        if (request.Input is not null || request.Size is not null || request.Scaling is not null)
        {
            throw new ArgumentException(
                $"The catalog says how images enter {found.Id} ({found.Input}, {found.Preprocessing?.Id}); --input, --size and --preprocess are for a graph of your own (--model FILE).", nameof(request));
        }

        BackboneCatalog.Verify(found);
        var preprocessing = found.Preprocessing;
        if (preprocessing is not null)
        {
            preprocessing = preprocessing with
            {
                Resize = request.Resize ?? preprocessing.Resize,
                Dct = request.Dct ?? preprocessing.Dct,
                ApplyExifOrientation = request.ApplyExifOrientation ?? preprocessing.ApplyExifOrientation,
            };
        }

        return (found with { Preprocessing = preprocessing, Precision = request.Precision }, request.Tensor is null ? found.Taps[0] : found.Tap(request.Tensor));
    }

    /// <summary>Finds the backbone that a head or a cache was made with.</summary>
    /// <param name="backboneId">Its id.</param>
    /// <param name="graphSha256">SHA-256 of its graph.</param>
    /// <param name="tensor">The tap's tensor.</param>
    /// <param name="dimension">Features an image.</param>
    /// <param name="preprocessingId">What <see cref="Backbone.PreprocessingId"/> was.</param>
    /// <param name="model">Id or path that the user names; null to look into the catalog.</param>
    /// <param name="engine">Runs a graph that is not in the catalog once, on a blank image.</param>
    /// <exception cref="InvalidDataException">It is not there, or the model named is another one; the message names both.</exception>
    public static (Backbone Backbone, BackboneTap Tap) ResolveStored(
        string backboneId, string graphSha256, string tensor, int dimension, string preprocessingId, string? model, IGraphEngine engine)
    {
        if (ImportedOrigin.IsImported(backboneId, preprocessingId))
        {
            throw new InvalidDataException(
                $"The head was fitted on features that another program computed ('{ImportedOrigin.NameOf(backboneId)}'); with which graph is not known, so it can judge such features (--features FILE) but no images. For images, fit it again and say which graph computed them: train-head … --model GRAPH.pb --tensor NAME --preprocess NAME.");
        }

        var catalog = BackboneCatalog.Load();
        var known = catalog.Backbones.FirstOrDefault(backbone => model is null || !GraphFile.Exists(model) ? backbone.GraphSha256 == graphSha256 && (model is null || backbone.Id == model) : false);
        string path;
        if (known is not null)
        {
            BackboneCatalog.Verify(known);
            path = known.GraphPath;
        }
        else if (model is not null && GraphFile.Exists(model))
        {
            var found = BackboneCatalog.Hash(GraphFile.ContentOf(model));
            path = found == graphSha256
                ? model
                : throw new InvalidDataException(
                    $"The head was fitted on features of '{backboneId}' (graph SHA-256 {Short(graphSha256)}…); {model} is another graph ({found[..12]}…). Name the graph it was fitted on with --model FILE, or fit a new head on features of this one.");
        }
        else if (model is not null)
        {
            var named = catalog.Backbones.FirstOrDefault(backbone => backbone.Id == model) ?? throw NoSuchModel(model, catalog);
            throw new InvalidDataException(
                $"The head was fitted on features of '{backboneId}' (graph SHA-256 {Short(graphSha256)}…), not of '{named.Id}' ({named.GraphSha256[..12]}…). Leave --model out, or name the graph it was fitted on.");
        }
        else
        {
            throw new InvalidDataException(
                $"The head was fitted on features of '{backboneId}' (graph SHA-256 {Short(graphSha256)}…), which is not in the catalog. Name its graph with --model FILE.");
        }

        var (preprocessing, input, precision) = Backbone.ParsePreprocessingId(preprocessingId);
        var tap = known?.Taps.FirstOrDefault(candidate => candidate.Tensor == tensor);
        var backbone = new Backbone
        {
            Id = backboneId,
            Title = known?.Title ?? path,
            GraphPath = path,
            GraphSha256 = graphSha256,
            Source = known?.Source ?? path,
            Licence = known?.Licence ?? "unknown",
            Input = input,
            Preprocessing = preprocessing,
            Precision = precision,
            Taps = [tap ?? new BackboneTap(tensor, tensor, dimension, false)],
        };
        return tap is not null ? (backbone, tap) : Probe(backbone, GraphFile.Read(path), engine);
    }

    /// <summary>Enough of a digest to tell it by; what a file says it is may be shorter.</summary>
    private static string Short(string digest) => digest[..Math.Min(12, digest.Length)];

    private static (Backbone Backbone, BackboneTap Tap) FromFile(string path, BackboneRequest request, IGraphEngine engine)
    {
        var graph = GraphFile.Read(path);
        var description = GraphDescription.Of(graph);
        var input = GraphImageInput.Find(description, request.Input);
        var tensor = request.Tensor is { } asked ? NodeInput.Parse(asked).ToString() : description.SuggestedBottleneck
            ?? throw new GraphFormatException($"{path}: no tensor of the graph looks like features; say which with --tensor NAME ('models inspect' lists what the graph holds)");
        var backbone = new Backbone
        {
            Id = OwnPrefix + Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path)),
            Title = path,
            GraphPath = path,
            GraphSha256 = BackboneCatalog.Hash(GraphFile.ContentOf(path)),
            Source = path,
            Licence = "unknown",
            Input = input.Tensor,
            Preprocessing = input.TakesFiles ? Refuse(request) : PreprocessingOf(graph, input, request),
            MaxBatch = input.Batch ?? int.MaxValue,
            Precision = request.Precision,
            Taps = [new BackboneTap(tensor, tensor, 0, false)],
        };
        return Probe(backbone, graph, engine);
    }

    private static ImagePreprocessing? Refuse(BackboneRequest request) =>
        request.Size is null && request.Scaling is null && request.Resize is null && request.Dct is null && request.ApplyExifOrientation is null
            ? null
            : throw new ArgumentException("The graph takes image files and decodes and scales them itself; --size, --preprocess, --resize, --jpeg-dct and --exif do not apply. To feed it pixels, name another --input.");

    private static ImagePreprocessing PreprocessingOf(Graph graph, GraphImageInput input, BackboneRequest request)
    {
        if (request.Scaling is not { } scaling)
        {
            throw new ArgumentException(
                $"{graph.Source}: a graph does not tell how its images were scaled. Say it with --preprocess: inception (-1 to 1), zero-one, caffe, torch or none (0 to 255).");
        }

        var height = input.Height ?? request.Size;
        var width = input.Width ?? request.Size;
        if (height is null || width is null)
        {
            throw new ArgumentException($"{graph.Source}: input {input.Tensor} takes images of any size. Say which it was trained on with --size PIXELS.");
        }

        return request.Size is { } size && (size != height || size != width)
            ? throw new ArgumentException($"{graph.Source}: input {input.Tensor} takes images of {width} x {height} pixels; --size {size} is another. Leave --size out.")
            : new ImagePreprocessing
            {
                Width = width.Value,
                Height = height.Value,
                Scaling = scaling,
                Resize = request.Resize ?? ResizeMethod.TensorFlowLegacyBilinear,
                Dct = request.Dct ?? JpegDct.Fast,
                ApplyExifOrientation = request.ApplyExifOrientation ?? false,
            };
    }

    /// <summary>Runs the graph on blank images to learn how many features it gives and whether it takes several images at once.</summary>
    private static (Backbone Backbone, BackboneTap Tap) Probe(Backbone backbone, Graph graph, IGraphEngine engine)
    {
        var tap = backbone.Taps[0];
        using var session = engine.Compile(graph, [backbone.Input], [tap.Tensor]);
        var isMap = false;
        int Dimension(int images)
        {
            var output = session.Run([Blank(backbone, images)])[0];
            isMap = output.Shape.Rank == 4;
            return FeatureExtractor.ToRows(output, images, tap).Length / images;
        }

        var dimension = Dimension(1);
        var maxBatch = backbone.MaxBatch;
        if (maxBatch > 1)
        {
            try
            {
                maxBatch = Dimension(2) == dimension ? maxBatch : 1;
            }
            catch (Exception fault) when (fault is OperationException or InvalidDataException)
            {
                // A reshape inside pins the batch to one image, as in the graph of 2015.
                maxBatch = 1;
            }
        }

        tap = tap with { Dimension = dimension, IsMap = isMap };
        return (backbone with { Taps = [tap], MaxBatch = maxBatch }, tap);
    }

    private static Tensor Blank(Backbone backbone, int images)
    {
        if (backbone.Preprocessing is not { } preprocessing)
        {
            return Tensor.FromBytes(PngEncoder.Encode(new ImageBuffer(32, 32, 3, new byte[32 * 32 * 3])));
        }

        return Tensor.Zeros(DataType.Float32, new TensorShape(images, preprocessing.Height, preprocessing.Width, 3));
    }

    private static ArgumentException NoSuchModel(string model, BackboneCatalog catalog) => new(
        $"There is no model '{model}': no file of that name, and the catalog has {string.Join(", ", catalog.Backbones.Select(backbone => backbone.Id))}.");
}
