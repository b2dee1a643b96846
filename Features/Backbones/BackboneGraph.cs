using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Backbones;

/// <summary>Cuts out of a backbone's graph what some tensors need, from an input of choice. Stateless, hence thread-safe.</summary>
public static class BackboneGraph
{
    /// <summary>Checks, before work is put into it, that a network that takes image files can be written.</summary>
    /// <exception cref="NotSupportedException">The preprocessing has no form as a graph; the message says what to do.</exception>
    public static void EnsureTakesImageFiles(Backbone backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (backbone.Preprocessing is { } preprocessing)
        {
            PreprocessingGraph.Add(new GraphAssembly(), preprocessing);
        }
    }

    /// <summary>Adds the nodes of a backbone to a graph in the making.</summary>
    /// <param name="assembly">Takes the nodes.</param>
    /// <param name="source">The backbone's graph.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="tensors">What is wanted of it, "node:index".</param>
    /// <param name="input">What the result takes.</param>
    /// <returns>The tensor to feed, "node:index".</returns>
    /// <exception cref="GraphFormatException">A tensor is not in the graph, or does not depend on the input.</exception>
    /// <exception cref="NotSupportedException">The input asked for can not be had; the message says what to do.</exception>
    public static string AddTo(GraphAssembly assembly, Graph source, Backbone backbone, IReadOnlyList<string> tensors, BackboneInput input)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        return AddTo(assembly, source, backbone.Input, backbone.Preprocessing, backbone.MaxBatch, tensors, input);
    }

    /// <summary>Adds the nodes of a graph of which less is known.</summary>
    /// <param name="assembly">Takes the nodes.</param>
    /// <param name="source">The graph.</param>
    /// <param name="feed">The tensor that takes the images, "node:index".</param>
    /// <param name="preprocessing">How a photo becomes that input; null where that is not known, or the graph does it itself.</param>
    /// <param name="maxBatch">Images the graph takes at once.</param>
    /// <param name="tensors">What is wanted of it, "node:index".</param>
    /// <param name="input">What the result takes.</param>
    /// <returns>The tensor to feed, "node:index".</returns>
    /// <exception cref="GraphFormatException">A tensor is not in the graph, or does not depend on the input.</exception>
    /// <exception cref="NotSupportedException">The input asked for can not be had; the message says what to do.</exception>
    public static string AddTo(
        GraphAssembly assembly, Graph source, string feed, ImagePreprocessing? preprocessing, int maxBatch, IReadOnlyList<string> tensors, BackboneInput input)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tensors);
        source = Inlined(source);
        var fed = NodeInput.Parse(feed);
        if (!source.TryGetNode(fed.Node, out var node))
        {
            throw new GraphFormatException($"{source.Source}: the graph has no node '{fed.Node}' to feed");
        }

        var type = node.Op is "Placeholder" or "PlaceholderV2" or "PlaceholderWithDefault" or "Const" ? node.Attributes.GetValueOrDefault("dtype")?.Type ?? DataType.Float32 : DataType.Float32;
        if (type == DataType.String && input == BackboneInput.Pixels)
        {
            throw new NotSupportedException($"{source.Source} takes image files at {feed} and decodes them itself. Export with --takes image-file, or name the tensor behind it that takes pixels with --input.");
        }

        var needed = Needed(source, fed, tensors);
        assembly.Reserve(needed);
        NodeInput contents, images;
        if (input == BackboneInput.ImageFile && type != DataType.String)
        {
            (contents, images) = preprocessing is not null
                ? PreprocessingGraph.Add(assembly, preprocessing)
                : throw new NotSupportedException($"{source.Source}: a graph does not tell how its images were scaled. Say it with --preprocess, or export with --takes pixels.");
        }
        else
        {
            contents = images = assembly.Placeholder(fed.Node, type, ShapeOf(node, type, preprocessing, maxBatch));
        }

        foreach (var each in source.Nodes.Where(candidate => needed.Contains(candidate.Name)))
        {
            assembly.Include(each with { Inputs = [.. each.Inputs.Where(from => !from.IsControl || needed.Contains(from.Node)).Select(from => from == fed ? images : from)] });
        }

        return contents.ToString();
    }

    /// <summary>The graph with the bodies of its functions in the place of calls, which are all that a frozen graph should have of them.</summary>
    private static Graph Inlined(Graph source)
    {
        if (source.Functions.Count == 0)
        {
            return source;
        }

        var inlined = FunctionInlining.Inline(source);
        return inlined.Nodes.FirstOrDefault(node => node.Attributes.Values.Any(value => value.Kind == AttributeKind.Function)) is { } call
            ? throw new NotSupportedException($"{source.Source}: node '{call.Name}' ({call.Op}) calls a function while the graph runs; such graphs are not exported")
            : inlined;
    }

    /// <summary>Names of the nodes between the feed and the tensors.</summary>
    private static HashSet<string> Needed(Graph graph, NodeInput feed, IReadOnlyList<string> tensors)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<NodeInput>(tensors.Select(NodeInput.Parse));
        var reached = false;
        while (open.TryPop(out var tensor))
        {
            if (tensor == feed || (tensor.IsControl && tensor.Node == feed.Node))
            {
                reached = true;
                continue;
            }

            if (!graph.TryGetNode(tensor.Node, out var node))
            {
                throw new GraphFormatException($"{graph.Source}: the graph has no node '{tensor.Node}'");
            }

            if (needed.Add(node.Name))
            {
                foreach (var from in node.Inputs)
                {
                    open.Push(from);
                }
            }
        }

        return reached ? needed : throw new GraphFormatException($"{graph.Source}: {string.Join(", ", tensors)} do not depend on {feed}");
    }

    /// <summary>The shape that the placeholder states; what it does not say is what photos are prepared to.</summary>
    private static PartialShape ShapeOf(GraphNode node, DataType type, ImagePreprocessing? preprocessing, int maxBatch)
    {
        var stated = node.Op.StartsWith("Placeholder", StringComparison.Ordinal) ? node.Attributes.GetValueOrDefault("shape")?.Shape ?? PartialShape.Unknown : PartialShape.Unknown;
        if (type == DataType.String)
        {
            return stated.Extents is null ? new PartialShape([]) : stated;
        }

        if (preprocessing is null || stated.Extents is { Count: not (4 or 0) })
        {
            return stated;
        }

        long[] images = [maxBatch == 1 ? 1 : -1, preprocessing.Height, preprocessing.Width, 3];
        return new PartialShape(stated.Extents is { Count: 4 } extents ? [.. extents.Select((extent, i) => extent > 0 ? extent : images[i])] : images);
    }
}
