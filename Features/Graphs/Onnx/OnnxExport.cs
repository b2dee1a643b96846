using System.Reflection;
using Google.Protobuf;
using MlTransfer.Datasets.Files;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Passes;
using MlTransfer.Features.Graphs.Onnx.Format;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>
/// Writes a graph as an ONNX model (operator set 17, IR version 8), which ONNX Runtime and others run. Inputs and outputs keep the graph's names
/// ("input:0" becomes "input"), types and order of dimensions: images stay NHWC. Inside, the model is NCHW, with one Transpose at the input.
/// </summary>
/// <remarks>
/// Constants are computed, batch norms and biases folded into convolutions. What only checks (CheckNumerics, Assert) is left out. Stateless, hence
/// thread-safe. Source: github.com/onnx/onnx, onnx.proto and Operators.md.
/// </remarks>
public static class OnnxExport
{
    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="feeds">Tensors that become inputs, "node" or "node:index".</param>
    /// <param name="fetches">Tensors that become outputs.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="GraphFormatException">The graph is not legal or a name is not in it.</exception>
    /// <exception cref="OperationException">A node that is needed can not be expressed; the message names it.</exception>
    public static void Write(string path, Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, OnnxExportOptions? options = null)
    {
        var model = Create(graph, feeds, fetches, options ?? new OnnxExportOptions());
        WholeFile.Write(path, stream => model.WriteTo(stream));
    }

    /// <summary>Writes to a stream; see <see cref="Write(string, Graph, IReadOnlyList{string}, IReadOnlyList{string}, OnnxExportOptions?)"/>.</summary>
    public static void Write(Stream stream, Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Create(graph, feeds, fetches, options ?? new OnnxExportOptions()).WriteTo(stream);
    }

    private static ModelProto Create(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(feeds);
        ArgumentNullException.ThrowIfNull(fetches);
        ArgumentOutOfRangeException.ThrowIfZero(fetches.Count);
        var bound = GraphBinder.Bind(graph, feeds, fetches);
        if (ControlFlow.FirstUse(bound) is { } flowNode)
        {
            throw new OperationException($"node '{flowNode.Name}' ({flowNode.Op}) can not be written as ONNX: graphs that branch, loop or call functions while they run are not");
        }

        var flow = FlowGraph.Of(bound);
        var quantized = Simplify(flow);
        var names = fetches.Select(OutputName).ToList();
        var outputNames = new Dictionary<FlowTensor, string>();
        for (var i = 0; i < names.Count; i++)
        {
            outputNames.TryAdd(flow.Fetches[i], names[i]);
        }

        var inputs = flow.Nodes.Where(node => node.Source.IsFeed).ToDictionary(node => node.Source.Feed);
        var builder = new OnnxBuilder(names.Concat(bound.Feeds.Select(feed => OutputName(feed.Name))));
        var translation = new OnnxTranslation(builder, outputNames, options.Weights, quantized, graph.Producer);
        var inputInfos = new List<ValueInfoProto>();
        for (var i = 0; i < bound.Feeds.Count; i++)
        {
            inputInfos.Add(AddInput(translation, bound.Feeds[i], inputs.GetValueOrDefault(i), isOnly: bound.Feeds.Count == 1));
        }

        foreach (var node in flow.Nodes.Where(node => !node.Source.IsFeed))
        {
            translation.Add(node);
        }

        var outputInfos = new List<ValueInfoProto>();
        for (var i = 0; i < names.Count; i++)
        {
            var value = translation.Value(flow.Fetches[i]);
            var name = translation.Plain(value);
            if (name != names[i] && outputInfos.TrueForAll(info => info.Name != names[i]))
            {
                builder.Node("Identity", names[i], [name]);
            }

            if (outputInfos.TrueForAll(info => info.Name != names[i]))
            {
                outputInfos.Add(Describe(names[i], value.Type, value.Shape));
            }
        }

        return builder.Build(Path.GetFileNameWithoutExtension(graph.Source), Program(), inputInfos, outputInfos, options.Metadata);
    }

    /// <summary>Computes constants and folds what can be folded; returns which constants are 8-bit ones.</summary>
    private static Dictionary<Tensor, QuantizedConstant> Simplify(FlowGraph flow)
    {
        // Checks are not part of the model, and what only they need is not either.
        flow.Effects.Clear();
        flow.Prune();
        foreach (var pass in (IPass[])[new IdentityRemoval(), new ConstantFolding()])
        {
            pass.Run(flow);
            flow.Prune();
        }

        var quantized = QuantizedConstant.Find(flow);
        foreach (var pass in (IPass[])[new ProductForming(), new PaddingFolding(), new AffineFolding()])
        {
            pass.Run(flow);
            flow.Prune();
        }

        return quantized;
    }

    private static ValueInfoProto AddInput(OnnxTranslation translation, BoundFeed feed, FlowNode? node, bool isOnly)
    {
        var name = OutputName(feed.Name);
        if (feed.Type is DataType.String or DataType.Resource or DataType.Variant)
        {
            throw new OperationException(
                $"'{feed.Name}' takes {Tensor.NameOf(feed.Type)}, which ONNX models of this program do not: decoding of image files is left to the caller. Name the tensor behind it that takes pixels.");
        }

        // A fed constant of unknown type can only be what its users say; float is what images are.
        var type = feed.Type == DataType.Invalid ? DataType.Float32 : feed.Type;
        var shape = feed.Shape.Extents is not { } extents
            ? SymbolicShape.Unknown
            : new SymbolicShape([.. extents.Select((extent, i) => extent >= 0 ? extent : i == 0 && isOnly ? new SymbolicExtent(-1, "N") : new SymbolicExtent(-1, $"{name}_{i}"))]);
        if (node is not null)
        {
            var tensor = new FlowTensor(node, 0);
            translation.Set(tensor, new OnnxValue { Name = name, Type = type, Shape = shape, Plain = name, OutputName = translation.OutputNameOf(tensor) });
        }

        return Describe(name, type, shape);
    }

    private static ValueInfoProto Describe(string name, DataType type, SymbolicShape shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = OnnxElementType.Of(type) };
        if (tensor.ElemType == 0)
        {
            throw new OperationException($"'{name}' is {Tensor.NameOf(type)}; ONNX has no such type");
        }

        if (shape.Extents is { } extents)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(extents.Select(extent => extent switch
            {
                { IsKnown: true } => new TensorShapeProto.Types.Dimension { DimValue = extent.Value },
                { Symbol: { } symbol } => new TensorShapeProto.Types.Dimension { DimParam = symbol },
                _ => new TensorShapeProto.Types.Dimension(),
            }));
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static string OutputName(string tensor)
    {
        var input = NodeInput.Parse(tensor);
        return input.Index == 0 ? input.Node : input.ToString();
    }

    private static string Program() => $"mltransfer {typeof(OnnxExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";
}
