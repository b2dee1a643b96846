using MlTransfer.Features.Backbones;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Export;

/// <summary>
/// Joins a backbone's graph and a head into one network, as retrain.py leaves it: images in, and out of <c>final_result</c> their probabilities, one
/// column a label. <see cref="ExportModel.Write"/> writes it in any format.
/// </summary>
/// <remarks>Stateless, hence thread-safe.</remarks>
public static class ClassifierExport
{
    /// <summary>retrain.py's name of the output.</summary>
    public const string DefaultOutputName = "final_result";

    /// <summary>The smallest normal float32.</summary>
    private const float SmallestLength = 1.17549435e-38f;

    private static readonly int[] s_rowAxis = [1];
    private static readonly int[] s_mapAxes = [1, 2];
    private static readonly (string, AttributeValue)[] s_float = [("T", AttributeValue.Of(DataType.Float32))];

    /// <summary>
    /// Makes the network: decoding and preprocessing where it takes image files, what the tap needs of the backbone, mean over the map (where the tap
    /// is one), the head's layers, softmax.
    /// </summary>
    /// <param name="backbone">The backbone the head was fitted on.</param>
    /// <param name="tap">The tap the head reads.</param>
    /// <param name="head">The head.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="HeadMismatchException">The head was fitted on another backbone.</exception>
    /// <exception cref="GraphFormatException">The backbone's graph can not be read.</exception>
    /// <exception cref="NotSupportedException">The head, or the preprocessing it was fitted with, has no form as a graph; the message says what to do.</exception>
    public static ExportModel Create(Backbone backbone, BackboneTap tap, ClassifierHead head, ClassifierExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(tap);
        ArgumentNullException.ThrowIfNull(head);
        options ??= new ClassifierExportOptions();
        ArgumentException.ThrowIfNullOrEmpty(options.OutputName);
        head.EnsureMatches(backbone.Id, backbone.GraphSha256, tap.Tensor, backbone.PreprocessingId);
        var layers = HeadLayers.Of(head);
        var source = GraphFile.Read(backbone.GraphPath);
        var graph = new GraphAssembly();
        graph.Reserve([options.OutputName]);
        var input = BackboneGraph.AddTo(graph, source, backbone, [tap.Tensor], options.Input);
        AddHead(graph, NodeInput.Parse(tap.Tensor), tap.IsMap, layers, options.OutputName);
        return new ExportModel
        {
            Graph = graph.ToGraph(source.Producer, source.Source),
            Inputs = [input],
            Outputs = [options.OutputName + ":0"],
            Labels = head.Labels,
        };
    }

    /// <summary>A network alone, for what reads features elsewhere.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="feed">The tensor that takes the images, "node:index".</param>
    /// <param name="preprocessing">How a photo becomes that input; null where that is not known, or the graph does it itself.</param>
    /// <param name="tensors">Tensors to give, "node:index"; maps are given as they are.</param>
    /// <param name="input">What it takes.</param>
    /// <exception cref="GraphFormatException">The graph has no such tensor.</exception>
    /// <exception cref="NotSupportedException">The input asked for can not be had; the message says what to do.</exception>
    public static ExportModel OfNetwork(Graph source, string feed, ImagePreprocessing? preprocessing, IReadOnlyList<string> tensors, BackboneInput input = BackboneInput.Pixels)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tensors);
        var graph = new GraphAssembly();
        var contents = BackboneGraph.AddTo(graph, source, feed, preprocessing, int.MaxValue, tensors, input);
        return new ExportModel { Graph = graph.ToGraph(source.Producer, source.Source), Inputs = [contents], Outputs = [.. tensors.Select(tensor => NodeInput.Parse(tensor).ToString())] };
    }

    private static void AddHead(GraphAssembly graph, NodeInput features, bool isMap, HeadLayers head, string outputName)
    {
        var scope = outputName + "_layer/";
        (string, AttributeValue)[] reduction = [.. s_float, ("Tidx", AttributeValue.Of(DataType.Int32))];
        if (isMap)
        {
            var axes = graph.Constant(scope + "pool/axes", Tensor.From(new TensorShape(2), s_mapAxes));
            features = graph.Add(scope + "pool", "Mean", [features, axes], [.. reduction, ("keep_dims", AttributeValue.Of(false))]);
        }

        if (head.ScalesRows)
        {
            var axis = graph.Constant(scope + "length/axis", Tensor.From(new TensorShape(1), s_rowAxis));
            var squares = graph.Add(scope + "length/squares", "Square", [features], s_float);
            var sum = graph.Add(scope + "length/sum", "Sum", [squares, axis], [.. reduction, ("keep_dims", AttributeValue.Of(true))]);

            // A row of zeros stays one.
            var least = graph.Constant(scope + "length/least", Tensor.From(TensorShape.Scalar, new[] { SmallestLength }));
            var length = graph.Add(scope + "length", "Maximum", [graph.Add(scope + "length/root", "Sqrt", [sum], s_float), least], s_float);
            features = graph.Add(scope + "unit", "RealDiv", [features, length], s_float);
        }

        for (var i = 0; i < head.Layers.Count; i++)
        {
            var (layer, isLast) = (head.Layers[i], i == head.Layers.Count - 1);
            var name = isLast ? scope + "logits" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{scope}hidden_{i + 1}");
            var weights = graph.Constant(isLast ? scope + "weights" : name + "/weights", Tensor.From(new TensorShape(layer.Inputs, layer.Units), layer.Transposed()));
            var biases = graph.Constant(isLast ? scope + "biases" : name + "/biases", Tensor.From(new TensorShape(layer.Units), layer.Bias));
            var product = graph.Add(name + "/MatMul", "MatMul", [features, weights], [.. s_float, ("transpose_a", AttributeValue.Of(false)), ("transpose_b", AttributeValue.Of(false))]);
            features = graph.Add(name, "BiasAdd", [product, biases], [.. s_float, ("data_format", AttributeValue.Of("NHWC"))]);
            if (!isLast)
            {
                features = graph.Add(name + "/Relu", "Relu", [features], s_float);
            }
        }

        graph.Include(new GraphNode(outputName, "Softmax", [features], new Dictionary<string, AttributeValue>(StringComparer.Ordinal) { ["T"] = AttributeValue.Of(DataType.Float32) }));
    }
}
