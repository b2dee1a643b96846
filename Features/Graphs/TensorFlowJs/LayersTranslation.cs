using System.Text.Json.Nodes;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Graphs.Onnx;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>Turns the nodes of a graph into layers, one after the other.</summary>
internal sealed class LayersTranslation
{
    /// <summary>What the format is called in messages.</summary>
    public const string Format = "TensorFlow.js layers";

    private readonly OnnxTranslation _shapes;
    private readonly Dictionary<FlowTensor, string> _layerOf = [];
    private readonly Dictionary<FlowTensor, string> _outputNames = [];
    private readonly List<string> _outputs;
    private readonly ExportWeights _precision;

    /// <summary>Makes a translation.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="outputs">Names of the output layers.</param>
    /// <param name="precision">How weights are kept.</param>
    public LayersTranslation(ExportGraph source, IReadOnlyList<string> outputs, ExportWeights precision)
    {
        Source = source;
        _precision = precision;
        _outputs = [.. outputs.Select(LayerList.Plain)];
        for (var i = 0; i < _outputs.Count; i++)
        {
            _outputNames.TryAdd(source.Flow.Fetches[i], _outputs[i]);
        }

        Layers = new LayerList(_outputs);
        _shapes = OnnxTranslation.ForShapes(source, Format);
    }

    /// <summary>The graph.</summary>
    public ExportGraph Source { get; }

    /// <summary>The layers so far.</summary>
    public LayerList Layers { get; }

    /// <summary>Their weights so far.</summary>
    public WeightShards Weights { get; } = new();

    /// <summary>Translates everything; returns the model's topology.</summary>
    public JsonObject Run()
    {
        var needed = Needed();
        var inputs = new List<string>();
        foreach (var node in Source.Flow.Nodes.Where(node => !node.IsConstant && needed.Contains(node)))
        {
            if (node.Source.IsFeed)
            {
                inputs.Add(AddInput(node));
            }
            else
            {
                Add(node);
            }
        }

        for (var i = 0; i < _outputs.Count; i++)
        {
            var fetch = Source.Flow.Fetches[i];
            var layer = LayerOf(fetch.Node, fetch);
            if (layer != _outputs[i])
            {
                Layers.Add("Activation", Layers.Unique(_outputs[i], isOutput: true), new JsonObject { ["activation"] = "linear" }, layer);
            }
        }

        return Layers.ToTopology("model", inputs, _outputs);
    }

    /// <summary>What is known of the shape of a tensor.</summary>
    public SymbolicShape ShapeOf(FlowTensor tensor) => _shapes.Value(tensor).Shape;

    /// <summary>The layer that gives an input of a node.</summary>
    public string Input(FlowNode node, int index = 0) => LayerOf(node, node.Inputs[index]);

    /// <summary>Adds the layer that gives a node's output.</summary>
    public string Result(FlowNode node, string kind, JsonObject config, params IEnumerable<string> inputs)
    {
        var tensor = new FlowTensor(node, 0);
        var name = _outputNames.TryGetValue(tensor, out var asked) ? Layers.Unique(asked, isOutput: true) : Layers.Unique(node.Name);
        Layers.Add(kind, name, config, inputs);
        _layerOf.Add(tensor, name);
        return name;
    }

    /// <summary>Adds a layer before the one that gives a node's output.</summary>
    public string Before(FlowNode node, string suffix, string kind, JsonObject config, params IEnumerable<string> inputs)
    {
        var name = Layers.Unique($"{node.Name}_{suffix}");
        Layers.Add(kind, name, config, inputs);
        return name;
    }

    /// <summary>Hands an input on.</summary>
    public void Forward(FlowNode node) => _layerOf.Add(new FlowTensor(node, 0), Input(node));

    /// <summary>Adds a layer y = x · scale + shift as the node's output, a number each channel.</summary>
    public void ScaleChannels(FlowNode node, string input, double[] scale, double[] shift)
    {
        var name = Result(node, "BatchNormalization", new JsonObject { ["axis"] = -1, ["momentum"] = 0.99, ["epsilon"] = 0, ["center"] = true, ["scale"] = true }, input);
        var ones = new float[scale.Length];
        Array.Fill(ones, 1);
        void Vector(string what, float[] values) => Weights.Add($"{name}/{what}", Tensor.From(new TensorShape(values.Length), values));
        Vector("gamma", Array.ConvertAll(scale, value => (float)value));
        Vector("beta", Array.ConvertAll(shift, value => (float)value));
        Vector("moving_mean", new float[scale.Length]);
        Vector("moving_variance", ones);
    }

    /// <summary>Whether a product's kernel is kept as bytes, unscaled.</summary>
    public bool KeepsBytes(FlowNode node) => _precision == ExportWeights.UInt8 && (Source.Quantized(node) is not null || node.Fused!.WeightShape.Count >= WeightWriter.FewestToRound);

    /// <summary>Adds the weights of a product's layer: kernel and, where there is one, bias.</summary>
    /// <param name="node">The product.</param>
    /// <param name="layer">Its layer.</param>
    /// <param name="kernel">What the layer calls its kernel.</param>
    /// <param name="hasBias">Whether it has a bias.</param>
    public void AddWeights(FlowNode node, string layer, string kernel, bool hasBias)
    {
        var fused = node.Fused!;
        var name = $"{layer}/{kernel}";
        var transposed = fused.TransposeWeights;
        var shape = transposed ? new TensorShape(fused.WeightShape[1], fused.WeightShape[0]) : fused.WeightShape;
        if (!KeepsBytes(node))
        {
            Weights.Add(name, Tensor.From(shape, Scaled(Turned(Source.Weights(node).AsSpan<float>(), fused), fused.Scale)));
        }
        else if (Source.Quantized(node) is { } stored)
        {
            Weights.AddQuantized(name, shape, Turned<byte>(stored.Integers.AsSpan<byte>(), fused), stored.Step, stored.Lowest);
        }
        else
        {
            Weights.AddRounded(name, shape, Turned<float>(Source.Weights(node).AsSpan<float>(), fused));
        }

        if (hasBias)
        {
            Weights.Add($"{layer}/bias", Tensor.From(new TensorShape(fused.Shift.Length), Array.ConvertAll(fused.Shift, value => (float)value)));
        }
    }

    /// <summary>An error that names the node.</summary>
    public static OperationException Fail(FlowNode node, string reason) =>
        new($"node '{node.Name}' ({node.Op}) can not be written as {Format}: {reason}. A TensorFlow.js graph model (tfjs-graph) may express it");

    private static T[] Turned<T>(ReadOnlySpan<T> weights, FusedOperation fused)
    {
        if (!fused.TransposeWeights)
        {
            return weights.ToArray();
        }

        var (rows, columns) = (fused.WeightShape[0], fused.WeightShape[1]);
        var turned = new T[weights.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                turned[(column * rows) + row] = weights[(row * columns) + column];
            }
        }

        return turned;
    }

    /// <summary>Output channels vary fastest in every kernel of Keras.</summary>
    private static float[] Scaled(float[] weights, double[] scale)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)(weights[i] * scale[i % scale.Length]);
        }

        return weights;
    }

    private string LayerOf(FlowNode user, FlowTensor tensor) => _layerOf.TryGetValue(tensor, out var layer)
        ? layer
        : throw Fail(user, tensor.IsConstant ? "it reads a constant where layers read only layers" : $"it reads output {tensor.Output} of '{tensor.Node.Name}'");

    private string AddInput(FlowNode node)
    {
        var tensor = new FlowTensor(node, 0);
        var shape = ShapeOf(tensor);
        if (shape.Rank < 1 || node.OutputTypes[0] is not (DataType.Float32 or DataType.Invalid))
        {
            throw Fail(node, $"an input layer takes floats of a known number of dimensions; it is {Tensor.NameOf(node.OutputTypes[0])} {shape}");
        }

        var name = Layers.Unique(node.Name);
        Layers.Add("InputLayer", name, new JsonObject
        {
            ["batch_input_shape"] = new JsonArray([.. shape.Extents!.Select((extent, i) => extent.IsKnown ? (JsonNode)extent.Value : null)]),
            ["sparse"] = false,
        });
        _layerOf.Add(tensor, name);
        return name;
    }

    private void Add(FlowNode node)
    {
        if (!LayerConversions.TryGet(node, out var convert))
        {
            throw Fail(node, "no layer does what it does");
        }

        convert(this, node);
    }

    /// <summary>Nodes that layers are needed for: shapes that are computed for a reshape are known, or the reshape is refused.</summary>
    private HashSet<FlowNode> Needed()
    {
        var needed = new HashSet<FlowNode>();
        var open = new Stack<FlowNode>(Source.Flow.Fetches.Select(fetch => fetch.Node));
        while (open.TryPop(out var node))
        {
            if (!needed.Add(node) || node.IsConstant)
            {
                continue;
            }

            foreach (var input in LayerConversions.ReadsFirstAlone(node) ? node.Inputs.Take(1) : node.Inputs)
            {
                open.Push(input.Node);
            }
        }

        return needed;
    }
}
