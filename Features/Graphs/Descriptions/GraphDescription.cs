using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Descriptions;

/// <summary>What a graph holds, read off its nodes without running it. Immutable; safe from any thread.</summary>
public sealed class GraphDescription
{
    private GraphDescription(Graph graph)
    {
        Source = graph.Source;
        Producer = graph.Producer;
        NodeCount = graph.Nodes.Count;
        FunctionCount = graph.Functions.Count;
        var all = graph.Nodes.Concat(graph.Functions.Values.SelectMany(function => function.Nodes)).ToList();
        Operations =
        [
            .. all.GroupBy(node => node.Op, StringComparer.Ordinal)
                .Select(group => new OperationCount(group.Key, group.Count(), OperationCatalog.TryGet(group.Key, out _)))
                .OrderByDescending(entry => entry.Count)
                .ThenBy(entry => entry.Op, StringComparer.Ordinal),
        ];
        foreach (var (type, shape) in all.Where(node => node.Op == "Const").Select(ReadHeader))
        {
            var count = IsWeight(type) && shape.Extents is { Count: > 0 } extents && extents.All(extent => extent >= 0) ? extents.Aggregate(1L, (product, extent) => checked(product * extent)) : 0;
            ParameterCount += count;
            ParameterBytes += count * SizeOf(type);
        }

        var topology = new GraphTopology(graph);
        Inputs = topology.FindInputs();
        Outputs = topology.FindOutputs();
        SuggestedInput = SuggestInput(Inputs);
        BottleneckCandidates = BottleneckSearch.Find(topology, Outputs);
    }

    /// <summary>What the graph is called in messages, most often its path.</summary>
    public string Source { get; }

    /// <summary>GraphDef version of the program that wrote it; 0 where unknown.</summary>
    public int Producer { get; }

    /// <summary>Nodes outside functions.</summary>
    public int NodeCount { get; }

    /// <summary>Functions in the library.</summary>
    public int FunctionCount { get; }

    /// <summary>Constants that are weights: elements of float and quantised constants that are no scalars.</summary>
    public long ParameterCount { get; }

    /// <summary>Bytes of these as they are stored.</summary>
    public long ParameterBytes { get; }

    /// <summary>Operations, the most frequent first.</summary>
    public IReadOnlyList<OperationCount> Operations { get; }

    /// <summary>Tensors to feed: placeholders, and constants that an image decoder reads; in the file's order.</summary>
    public IReadOnlyList<GraphInput> Inputs { get; }

    /// <summary>Tensors that nobody consumes, in the file's order.</summary>
    public IReadOnlyList<GraphOutput> Outputs { get; }

    /// <summary>The input that most likely takes images, or null where there is none.</summary>
    public string? SuggestedInput { get; }

    /// <summary>Tensors that may serve as features, the likeliest first.</summary>
    public IReadOnlyList<BottleneckCandidate> BottleneckCandidates { get; }

    /// <summary>The likeliest feature tensor: the input of the last fully connected layer, or the output where there is no such layer. Null where nothing is found.</summary>
    public string? SuggestedBottleneck => BottleneckCandidates.Count > 0 ? BottleneckCandidates[0].Tensor : null;

    /// <summary>Describes a graph.</summary>
    /// <exception cref="GraphFormatException">A constant has no value or an impossible shape.</exception>
    public static GraphDescription Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        try
        {
            return new GraphDescription(graph);
        }
        catch (OverflowException fault)
        {
            throw new GraphFormatException($"{graph.Source}: a constant's shape has more elements than can be counted", fault);
        }
    }

    private static (DataType Type, PartialShape Shape) ReadHeader(GraphNode node) =>
        node.Attributes.TryGetValue("value", out var value) && value.Kind == AttributeKind.Tensor ? value.TensorHeader : (DataType.Invalid, PartialShape.Unknown);

    private static bool IsWeight(DataType type) => type is DataType.Float32 or DataType.Float64 or DataType.Half or DataType.BFloat16
        or DataType.QInt8 or DataType.QUInt8 or DataType.QInt16 or DataType.QUInt16 or DataType.QInt32 or DataType.UInt8 or DataType.Int8;

    private static int SizeOf(DataType type) => type switch
    {
        DataType.Float64 => 8,
        DataType.Float32 or DataType.QInt32 => 4,
        DataType.Half or DataType.BFloat16 or DataType.QInt16 or DataType.QUInt16 => 2,
        _ => 1,
    };

    private static string? SuggestInput(IReadOnlyList<GraphInput> inputs)
    {
        // Images first, as pixels or as a file's bytes; a keep_prob or an is_training last.
        var best = inputs.OrderByDescending(input => (Looks(input), !input.HasDefault)).FirstOrDefault();
        return best?.Tensor;

        static int Looks(GraphInput input) => (input.Type, input.Shape.Extents) switch
        {
            (DataType.Float32 or DataType.UInt8 or DataType.Half, { Count: 4 } extents) when extents[3] is 3 or 1 or -1 || extents[1] == 3 => 5,
            (DataType.Float32 or DataType.UInt8, { Count: 3 } extents) when extents[2] is 3 or 1 => 4,
            (DataType.Float32 or DataType.UInt8 or DataType.Half, null) => 3,
            (DataType.String, _) => 3,
            (DataType.Float32, { Count: > 0 }) => 2,
            (DataType.Float32, _) => 1,
            _ => 0,
        };
    }
}
