using System.Collections.Frozen;
using System.Text.Json.Nodes;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Graphs.Onnx;
using MlTransfer.Features.Graphs.SavedModels;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>
/// Writes a graph as a TensorFlow.js graph model: <c>model.json</c> with the GraphDef as JSON, node by node as it is, and the constants in files of 4 MiB.
/// </summary>
/// <remarks>Source: github.com/tensorflow/tfjs, tfjs-converter. Stateless, hence thread-safe.</remarks>
public static class GraphModelExport
{
    /// <summary>What the format is called in messages.</summary>
    private const string Format = "a TensorFlow.js graph model";

    /// <summary>Operations that TensorFlow.js runs, of those that this library knows and that are for inference.</summary>
    private static readonly FrozenSet<string> s_operations = (
        "Abs Acos Acosh Add AddN AddV2 All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh AvgPool BatchMatMul BatchMatMulV2 BatchToSpaceND BiasAdd BroadcastArgs BroadcastTo Cast Ceil "
        + "ClipByValue Concat ConcatV2 Const Conv2D Conv2DBackpropInput Cos Cosh CropAndResize Cumprod Cumsum DepthToSpace DepthwiseConv2dNative Dilation2D Div DivNoNan Einsum Elu "
        + "EnsureShape Equal Erf EuclideanNorm Exp ExpandDims Expm1 FakeQuantWithMinMaxVars Fill Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 "
        + "FusedDepthwiseConv2dNative Gather GatherNd GatherV2 Greater GreaterEqual Identity IdentityN IsFinite IsInf IsNan LRN LeakyRelu Less LessEqual LinSpace Log Log1p LogSoftmax "
        + "LogicalAnd LogicalNot LogicalOr MatMul Max MaxPool Maximum Mean Min Minimum MirrorPad Mul Neg NoOp NotEqual OneHot OnesLike Pack Pad PadV2 Placeholder PlaceholderWithDefault "
        + "Pow Prod Range Rank RealDiv Reciprocal Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor Reverse ReverseV2 Round Rsqrt Select SelectV2 Selu Shape ShapeN Sigmoid Sign Sin "
        + "Sinh Size Slice Snapshot Softmax Softplus SpaceToBatchND Split SplitV Sqrt Square SquaredDifference Squeeze StopGradient StridedSlice Sub Sum Tan Tanh Tile TopKV2 Transpose "
        + "Unpack Where ZerosLike _FusedConv2D _FusedMatMul").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Writes a folder, whole or not at all.</summary>
    /// <param name="folder">The folder; one that holds a model.json is replaced, another one that is not empty is refused.</param>
    /// <param name="model">The network; its labels are not written here.</param>
    /// <param name="weights">How weights are kept.</param>
    /// <param name="extraFiles">Further files of the folder, by name.</param>
    /// <exception cref="OperationException">TensorFlow.js can not run a node; the message names it.</exception>
    public static void Write(string folder, ExportModel model, ExportWeights weights = ExportWeights.Float, IReadOnlyDictionary<string, byte[]>? extraFiles = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var bound = GraphBinder.Bind(model.Graph, model.Inputs, model.Outputs);
        if (ControlFlow.FirstUse(bound) is { } flowNode)
        {
            throw Fail(flowNode, "graphs that branch, loop or call functions while they run are not");
        }

        var shards = new WeightShards();
        var nodes = new JsonArray();
        foreach (var node in bound.Nodes)
        {
            nodes.Add(node.IsFeed ? Placeholder(node, bound.Feeds[node.Feed]) : Convert(node, bound, shards, weights));
        }

        var json = new JsonObject
        {
            ["format"] = "graph-model",
            ["generatedBy"] = ExportGraph.Program,
            ["convertedBy"] = ExportGraph.Program,
            ["signature"] = Signature(model.Signature()),
            ["modelTopology"] = new JsonObject { ["node"] = nodes, ["library"] = new JsonObject(), ["versions"] = new JsonObject { ["producer"] = model.Graph.Producer } },
        };
        shards.Write(folder, json, extraFiles ?? new Dictionary<string, byte[]>());
    }

    private static JsonObject Placeholder(BoundNode node, BoundFeed feed)
    {
        if (feed.Type is DataType.String)
        {
            throw Fail(node, "it takes image files, which TensorFlow.js does not decode; name the tensor behind it that takes pixels");
        }

        return Node(node.Name, "Placeholder", [], new JsonObject { ["dtype"] = GraphDefJson.Type(feed.Type == DataType.Invalid ? DataType.Float32 : feed.Type), ["shape"] = GraphDefJson.Shape(feed.Shape) });
    }

    private static JsonObject Convert(BoundNode node, BoundGraph bound, WeightShards shards, ExportWeights weights)
    {
        if (node.Op == "Const")
        {
            var value = node.Attributes["value"].Tensor;
            AddConstant(node, value, shards, weights);
            return Constant(node.Name, value);
        }

        // Weights that the graph keeps as bytes: TensorFlow.js turns them into floats while loading.
        if (node.Op == "Dequantize" && Stored(node, bound) is var (integers, step, lowest))
        {
            if (weights == ExportWeights.UInt8)
            {
                shards.AddQuantized(node.Name, integers.Shape, integers.AsSpan<byte>(), step, lowest);
            }
            else
            {
                shards.Add(node.Name, Tensor.From(integers.Shape, Array.ConvertAll(integers.AsSpan<byte>().ToArray(), code => ((float)(code * (float)step)) + (float)lowest)));
            }

            return Constant(node.Name, Tensor.Zeros(DataType.Float32, integers.Shape));
        }

        if (node.Op is "CheckNumerics" or "PreventGradient")
        {
            return Node(node.Name, "Identity", Inputs(node, bound).Take(1), new JsonObject { ["T"] = GraphDefJson.Type(node.OutputTypes[0]) });
        }

        if (!s_operations.Contains(node.Op))
        {
            throw Fail(node, "TensorFlow.js does not run this operation");
        }

        return Node(node.Name, node.Op, Inputs(node, bound), GraphDefJson.Attributes(node));
    }

    private static void AddConstant(BoundNode node, Tensor value, WeightShards shards, ExportWeights weights)
    {
        if (value.Type is DataType.QUInt8 or DataType.QInt8 or DataType.String)
        {
            // Read by a Dequantize, which takes its place.
            return;
        }

        if (weights == ExportWeights.UInt8 && value is { Type: DataType.Float32, Shape.Rank: >= 2, Count: >= WeightWriter.FewestToRound })
        {
            shards.AddRounded(node.Name, value.Shape, value.AsSpan<float>());
            return;
        }

        try
        {
            shards.Add(node.Name, value);
        }
        catch (NotSupportedException fault)
        {
            throw Fail(node, fault.Message);
        }
    }

    private static (Tensor Integers, double Step, double Lowest)? Stored(BoundNode node, BoundGraph bound)
    {
        Tensor? Value(int input) => bound.Nodes[node.Inputs[input].Node] is { Op: "Const" } constant ? constant.Attributes["value"].Tensor : null;
        return node.Attributes["mode"].Text == "MIN_COMBINED" && node.Attributes["axis"].Int < 0 && Value(0) is { Type: DataType.QUInt8 } integers
            && Value(1) is { Type: DataType.Float32, Count: 1 } low && Value(2) is { Type: DataType.Float32, Count: 1 } high
            ? (integers, ((double)high.AsSpan<float>()[0] - low.AsSpan<float>()[0]) / byte.MaxValue, low.AsSpan<float>()[0])
            : null;
    }

    private static IEnumerable<string> Inputs(BoundNode node, BoundGraph bound) => node.Inputs.Select(input => input.Output == 0
        ? bound.Nodes[input.Node].Name
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bound.Nodes[input.Node].Name}:{input.Output}"));

    private static JsonObject Constant(string name, Tensor value) => Node(name, "Const", [], new JsonObject
    {
        ["dtype"] = GraphDefJson.Type(value.Type == DataType.Int64 ? DataType.Int32 : value.Type),
        ["value"] = new JsonObject { ["tensor"] = new JsonObject { ["dtype"] = GraphDefJson.TypeName(value.Type == DataType.Int64 ? DataType.Int32 : value.Type), ["tensorShape"] = GraphDefJson.Dimensions(value.Shape.ToArray().Select(extent => (long)extent)) } },
    });

    private static JsonObject Node(string name, string op, IEnumerable<string> inputs, JsonObject attributes)
    {
        var node = new JsonObject { ["name"] = name, ["op"] = op };
        JsonNode[] all = [.. inputs.Select(input => (JsonNode)input)];
        if (all.Length > 0)
        {
            node.Add("input", new JsonArray(all));
        }

        node.Add("attr", attributes);
        return node;
    }

    private static JsonObject Signature(ModelSignature signature)
    {
        static JsonObject Tensors(IReadOnlyDictionary<string, SignatureTensor> tensors) => new(tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(
            pair.Key,
            (JsonNode?)new JsonObject { ["name"] = pair.Value.Tensor, ["dtype"] = GraphDefJson.TypeName(pair.Value.Type), ["tensorShape"] = GraphDefJson.Dimensions(pair.Value.Shape.Extents) })));
        return new JsonObject { ["inputs"] = Tensors(signature.Inputs), ["outputs"] = Tensors(signature.Outputs) };
    }

    private static OperationException Fail(BoundNode node, string reason) => new($"node '{node.Name}' ({node.Op}) can not be written as {Format}: {reason}");
}
