using MlTransfer.Features.Backbones;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Export;

/// <summary>
/// Joins a backbone's graph and a head into one frozen TensorFlow graph, as retrain.py leaves it: the input is the backbone's, the output a softmax
/// named <c>final_result</c>, one column a label.
/// </summary>
/// <remarks>Stateless, hence thread-safe.</remarks>
public static class FrozenGraphExport
{
    /// <summary>retrain.py's name of the output.</summary>
    public const string DefaultOutputName = "final_result";

    private static readonly int[] s_mapAxes = [1, 2];

    /// <summary>Makes the graph: what the tap needs of the backbone, then mean over the map (where the tap is one), MatMul, BiasAdd, Softmax.</summary>
    /// <param name="backbone">The backbone the head was fitted on.</param>
    /// <param name="head">The head.</param>
    /// <param name="tap">The tap the head reads.</param>
    /// <param name="outputName">Name of the output node; default <c>final_result</c>.</param>
    /// <exception cref="HeadMismatchException">The head was fitted on another backbone.</exception>
    /// <exception cref="GraphFormatException">The backbone's graph can not be read, or has a node of one of the new names.</exception>
    public static Graph Create(Backbone backbone, BackboneTap tap, SoftmaxHead head, string outputName = DefaultOutputName)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(tap);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentException.ThrowIfNullOrEmpty(outputName);
        head.EnsureMatches(backbone.Id, backbone.GraphSha256, tap.Tensor, backbone.PreprocessingId);
        var source = GraphDefReader.Read(backbone.GraphPath);
        var nodes = Needed(source, NodeInput.Parse(tap.Tensor).Node);
        var features = NodeInput.Parse(tap.Tensor);
        var scope = outputName + "_layer/";
        if (tap.IsMap)
        {
            nodes.Add(Const(scope + "pool/axes", Tensor.From(new TensorShape(2), s_mapAxes)));
            nodes.Add(Node(scope + "pool", "Mean", [features, Input(scope + "pool/axes")], ("T", AttributeValue.Of(DataType.Float32)), ("Tidx", AttributeValue.Of(DataType.Int32)), ("keep_dims", AttributeValue.Of(false))));
            features = Input(scope + "pool");
        }

        var type = ("T", AttributeValue.Of(DataType.Float32));
        nodes.Add(Const(scope + "weights", Tensor.From(new TensorShape(head.FeatureDimension, head.Labels.Count), Transposed(head))));
        nodes.Add(Const(scope + "biases", Tensor.From(new TensorShape(head.Labels.Count), head.Weights.Bias.ToArray())));
        nodes.Add(Node(scope + "logits/MatMul", "MatMul", [features, Input(scope + "weights")], type, ("transpose_a", AttributeValue.Of(false)), ("transpose_b", AttributeValue.Of(false))));
        nodes.Add(Node(scope + "logits", "BiasAdd", [Input(scope + "logits/MatMul"), Input(scope + "biases")], type, ("data_format", AttributeValue.Of("NHWC"))));
        nodes.Add(Node(outputName, "Softmax", [Input(scope + "logits")], type));
        return new Graph(nodes, [], source.Producer, source.Source);
    }

    private static List<GraphNode> Needed(Graph graph, string last)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([last]);
        while (open.TryPop(out var name))
        {
            if (needed.Add(name) && graph.TryGetNode(name, out var node))
            {
                foreach (var input in node.Inputs)
                {
                    open.Push(input.Node);
                }
            }
        }

        return [.. graph.Nodes.Where(node => needed.Contains(node.Name))];
    }

    /// <summary>MatMul wants features × classes; the head keeps classes × features.</summary>
    private static float[] Transposed(SoftmaxHead head)
    {
        var (rows, columns) = (head.Labels.Count, head.FeatureDimension);
        var source = head.Weights.Weight;
        var target = new float[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                target[column * rows + row] = source[row * columns + column];
            }
        }

        return target;
    }

    private static NodeInput Input(string node) => new(node, null, 0);

    private static GraphNode Const(string name, Tensor value) => Node(name, "Const", [], ("dtype", AttributeValue.Of(value.Type)), ("value", AttributeValue.Of(value)));

    private static GraphNode Node(string name, string op, NodeInput[] inputs, params (string Name, AttributeValue Value)[] attributes) =>
        new(name, op, inputs, attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value, StringComparer.Ordinal));
}
