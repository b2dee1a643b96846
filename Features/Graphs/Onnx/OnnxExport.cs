using Google.Protobuf;
using MlTransfer.Datasets.Files;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs.Exports;
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
        var source = ExportGraph.Of(graph, feeds, fetches, "ONNX");
        var names = fetches.Select(ExportGraph.NameOf).ToList();
        var translation = OnnxTranslation.Of(source, names, options.Weights);
        var inputInfos = source.Bound.Feeds.Select(feed => Describe(ExportGraph.NameOf(feed.Name), translation.TypeOf(feed), translation.ShapeOf(feed)));
        var outputInfos = new List<ValueInfoProto>();
        for (var i = 0; i < names.Count; i++)
        {
            var value = translation.Value(source.Flow.Fetches[i]);
            var name = translation.Plain(value);
            if (name != names[i] && outputInfos.TrueForAll(info => info.Name != names[i]))
            {
                translation.Builder.Node("Identity", names[i], [name]);
            }

            if (outputInfos.TrueForAll(info => info.Name != names[i]))
            {
                outputInfos.Add(Describe(names[i], value.Type, value.Shape));
            }
        }

        return translation.Builder.Build(Path.GetFileNameWithoutExtension(graph.Source), ExportGraph.Program, inputInfos, outputInfos, options.Metadata);
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
}
