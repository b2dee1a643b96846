using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Png;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>What each step of a graph takes on the managed engine, on made-up images.</summary>
/// <param name="Path">The graph's file.</param>
/// <param name="Input">Tensors fed.</param>
/// <param name="InputShape">Their shapes.</param>
/// <param name="Fetch">The tensor computed.</param>
/// <param name="Batch">Images in a run.</param>
/// <param name="Steps">Steps as they run.</param>
internal sealed record ModelProfile(string Path, string Input, string InputShape, string Fetch, int Batch, IReadOnlyList<StepTime> Steps)
{
    private const int DefaultSize = 224;

    /// <summary>The steps' times together.</summary>
    public double TotalMilliseconds => Steps.Sum(step => step.Milliseconds);

    /// <summary>Operations of direct convolution over time.</summary>
    public double GigaOperationsPerSecond => Steps.Sum(step => step.Operations) / TotalMilliseconds / 1e6;

    /// <summary>Compiles and times.</summary>
    /// <exception cref="GraphFormatException">The graph can not be read, or does not tell what to feed or to fetch.</exception>
    public static ModelProfile Measure(ProfileRequest request, CancellationToken cancellation)
    {
        var catalog = BackboneCatalog.Load();
        var known = File.Exists(request.Model) ? null : catalog.Backbones.FirstOrDefault(backbone => backbone.Id == request.Model)
            ?? throw new FileNotFoundException(
                $"There is no model '{request.Model}': no file of that name, and the catalog has {string.Join(", ", catalog.Backbones.Select(backbone => backbone.Id))}.");
        var path = known?.GraphPath ?? request.Model;
        var graph = GraphDefReader.Read(path);
        var description = GraphDescription.Of(graph);
        var fetch = FetchOf(known, description, request.Tensor);
        var feeds = FeedsOf(known, description, request);
        using var session = new ManagedEngine().CompileManaged(graph, [.. feeds.Select(feed => feed.Tensor)], [fetch], request.Engine);
        Tensor[] values = [.. feeds.Select(feed => feed.Value)];
        var image = values[0];
        var steps = session.Profile(values, request.Rounds, cancellation);
        return new ModelProfile(
            path,
            string.Join(", ", feeds.Select(feed => feed.Tensor)),
            string.Join(", ", values.Select(value => value.Shape)),
            fetch,
            image.Shape.Rank > 0 ? image.Shape[0] : 1,
            steps);
    }

    private static string FetchOf(Backbone? known, GraphDescription description, string? asked)
    {
        if (asked is not null)
        {
            return known?.Taps.FirstOrDefault(tap => tap.Name == asked)?.Tensor ?? NodeInput.Parse(asked).ToString();
        }

        return known?.Taps[0].Tensor ?? description.SuggestedBottleneck ?? (description.Outputs.Count > 0 ? description.Outputs[0].Tensor : null)
            ?? throw new GraphFormatException($"{description.Source}: the graph has no output; say what to compute with --tensor NAME");
    }

    /// <summary>The images first, then whatever else the graph can not do without.</summary>
    private static List<(string Tensor, Tensor Value)> FeedsOf(Backbone? known, GraphDescription description, ProfileRequest request)
    {
        var images = request.Input is { } asked ? NodeInput.Parse(asked).ToString() : known?.Input ?? description.SuggestedInput;
        var feeds = new List<(string Tensor, Tensor Value)>();
        if (images is not null)
        {
            var input = description.Inputs.FirstOrDefault(candidate => candidate.Tensor == images) ?? new GraphInput(images, DataType.Float32, PartialShape.Unknown, false);
            var size = known?.Preprocessing is { } preprocessing && request.Size is null ? preprocessing.Height : request.Size ?? DefaultSize;
            feeds.Add((images, MakeImages(input, request.Batch, size)));
        }

        foreach (var other in description.Inputs.Where(input => !input.HasDefault && input.Tensor != images))
        {
            feeds.Add((other.Tensor, Tensor.Zeros(other.Type, Extents(other.Shape, [], request.Batch, request.Size ?? DefaultSize))));
        }

        return feeds.Count > 0 ? feeds : throw new GraphFormatException($"{description.Source}: the graph takes no input; say which tensor to feed with --input NAME");
    }

    private static Tensor MakeImages(GraphInput input, int batch, int size)
    {
        if (input.Type == DataType.String)
        {
            return Tensor.FromBytes(PngEncoder.Encode(new ImageBuffer(size, size, 3, new byte[size * size * 3])));
        }

        var shape = Extents(input.Shape, [batch, size, size, 3], batch, size);
        if (input.Type != DataType.Float32)
        {
            return Tensor.Zeros(input.Type, shape);
        }

        // Zeros would be faster than images where a processor has a short way for them.
        var random = new Random(1);
        var values = new float[shape.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle();
        }

        return Tensor.From(shape, values);
    }

    /// <summary>A stated shape with what it leaves open filled in: the batch first, three channels last, the size in between.</summary>
    private static TensorShape Extents(PartialShape stated, int[] otherwise, int batch, int size)
    {
        if (stated.Extents is not { } extents)
        {
            return new TensorShape(otherwise);
        }

        var filled = new int[extents.Count];
        for (var i = 0; i < filled.Length; i++)
        {
            filled[i] = extents[i] >= 0 ? checked((int)extents[i]) : i == 0 ? batch : i == 3 && filled.Length == 4 ? 3 : size;
        }

        return new TensorShape(filled);
    }
}
