using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Kernels;
using MlTransfer.Features.Tests.Graphs;

namespace MlTransfer.Features.Tests.Engines.Managed.Mixes;

/// <summary>
/// A graph that grows node by node from a recipe. Each node is tried alone on the plain kernels with the values at hand: what they refuse is not
/// part of the graph (and must be refused by the compiled engine too), and neither is what is too large to compare.
/// </summary>
internal sealed class RandomGraph
{
    private const int MostElements = 20_000;
    private const float MostMagnitude = 1e3f;

    private readonly GraphBuilder _builder = new();
    private readonly Dictionary<string, Tensor> _values = [];
    private readonly Dictionary<(string Node, int Output), Tensor> _outputs = [];
    private readonly List<string> _maps = [];
    private readonly List<string> _dynamic = [];
    private int _names;

    public RandomGraph(Recipe recipe) => Recipe = recipe;

    /// <summary>Where choices come from.</summary>
    public Recipe Recipe { get; }

    /// <summary>Whether no operation may look from one image of a batch at another.</summary>
    public bool KeepsImagesApart { get; init; }

    /// <summary>Float tensors that operations can take, oldest first.</summary>
    public IReadOnlyList<string> Maps => _maps;

    /// <summary>Placeholders.</summary>
    public IReadOnlyList<string> Inputs => _dynamic;

    /// <summary>Nodes that both engines refused.</summary>
    public int Refused { get; private set; }

    /// <summary>The graph.</summary>
    public Graph Build() => _builder.Build();

    /// <summary>What a tensor was when the graph grew.</summary>
    public Tensor Value(string name) => _values[name];

    /// <summary>A placeholder of unknown shape, with a value to grow on.</summary>
    public void AddInput(TensorShape shape)
    {
        var name = NewName("input");
        _builder.Node(name, "Placeholder", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("shape", AttributeValue.Of(PartialShape.Unknown)));
        _values.Add(name, Tensor.From(shape, KernelNumbers.Random(shape.Count, _names)));
        _maps.Add(name);
        _dynamic.Add(name);
    }

    /// <summary>A tensor to go on from: most often one of the latest.</summary>
    public string Any() => _maps[^(1 + Math.Min(Recipe.Next(3) * Recipe.Next(4), _maps.Count - 1))];

    /// <summary>A tensor [batch, height, width, channels]; the first input where the one drawn has another rank.</summary>
    public string Map() => Any() is var name && _values[name].Shape.Rank == 4 ? name : _dynamic[0];

    /// <summary>Extents of a tensor.</summary>
    public TensorShape Shape(string name) => _values[name].Shape;

    /// <summary>Random weights whose sums over all but the last extent are about one.</summary>
    public string Weights(params int[] extents)
    {
        var shape = new TensorShape(extents);
        var scale = MathF.Sqrt(3f * extents[^1] / Math.Max(1, shape.Count));
        return Constant(Tensor.From(shape, Array.ConvertAll(KernelNumbers.Random(shape.Count, _names), value => value * scale)));
    }

    /// <summary>Random numbers from −1 to 1.</summary>
    public string Floats(params int[] extents) => Constant(Tensor.From(new TensorShape(extents), KernelNumbers.Random(new TensorShape(extents).Count, _names)));

    /// <summary>Random numbers from 0.5 to 1.5.</summary>
    public string Positive(params int[] extents)
    {
        var shape = new TensorShape(extents);
        return Constant(Tensor.From(shape, Array.ConvertAll(KernelNumbers.Random(shape.Count, _names), value => 1 + (value / 2))));
    }

    /// <summary>A vector of integers.</summary>
    public string Ints(params int[] values) => Constant(Tensor.From(new TensorShape(values.Length), values));

    /// <summary>A vector of some rows of integers: a matrix.</summary>
    public string Matrix(int columns, params int[] values) => Constant(Tensor.From(new TensorShape(values.Length / columns, columns), values));

    /// <summary>An integer.</summary>
    public string Scalar(int value) => Constant(Tensor.From(TensorShape.Scalar, new[] { value }));

    /// <summary>A constant.</summary>
    public string Constant(Tensor value)
    {
        var name = NewName("const");
        _builder.Const(name, value);
        _values.Add(name, value);
        return name;
    }

    /// <summary>Adds a float operation whose first output becomes a tensor to go on from; null where the plain kernels refuse it or its result will not do.</summary>
    public string? Add(string op, string[] inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var name = AddHidden(op, inputs, [("T", AttributeValue.Of(DataType.Float32)), .. attributes]);
        if (name is not null && _values[name] is { Type: DataType.Float32 } value && IsComparable(value))
        {
            _maps.Add(name);
            return name;
        }

        return null;
    }

    /// <summary>Makes another output of a node a tensor to go on from; not where it is of another type or the node has no such output.</summary>
    public void AddOutput(string node, int output)
    {
        if (_outputs.TryGetValue((node, output), out var value) && value.Type == DataType.Float32 && IsComparable(value))
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{node}:{output}");
            _values.Add(name, value);
            _maps.Add(name);
        }
    }

    /// <summary>Adds an operation of any type whose result only serves as an argument of others.</summary>
    public string? AddHidden(string op, string[] inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var name = NewName(op);
        var alone = new GraphBuilder();
        foreach (var input in inputs.Distinct())
        {
            var type = _values[input].Type;
            alone.Node(Alone(input), "Placeholder", [], ("dtype", AttributeValue.Of(type)), ("shape", AttributeValue.Of(PartialShape.Unknown)));
        }

        var graph = alone.Node(name, op, [.. inputs.Select(Alone)], attributes).Build();
        string[] feeds = [.. inputs.Distinct().Select(Alone)];
        Tensor[] values = [.. inputs.Distinct().Select(input => _values[input])];
        try
        {
            using var session = new ReferenceEngine().Compile(graph, feeds, [name]);
            var result = session.Run(values)[0];
            if (op is "Split" or "SplitV" or "Unpack" && attributes.FirstOrDefault(attribute => attribute.Name is "num_split" or "num").Value is { Int: > 1 })
            {
                using var second = new ReferenceEngine().Compile(graph, feeds, [$"{name}:1"]);
                _outputs[(name, 1)] = second.Run(values)[0];
            }

            if (result.Count > MostElements || (result.Type == DataType.Float32 && !IsComparable(result)))
            {
                return null;
            }

            _values.Add(name, result);
        }
        catch (Exception refusal) when (refusal is OperationException or GraphFormatException)
        {
            AssertRefused(graph, feeds, name, values);
            Refused++;
            return null;
        }

        _builder.Node(name, op, inputs, attributes);
        return name;
    }

    /// <summary>A name for a tensor as a node of its own.</summary>
    private static string Alone(string tensor) => tensor.Replace(':', '_');

    private static bool IsComparable(Tensor value)
    {
        foreach (var number in value.AsSpan<float>())
        {
            if (!(MathF.Abs(number) <= MostMagnitude))
            {
                return false;
            }
        }

        return true;
    }

    private static void AssertRefused(Graph graph, string[] feeds, string name, Tensor[] values)
    {
        var refusal = Record.Exception(() =>
        {
            using var session = new ManagedEngine().Compile(graph, feeds, [name]);
            session.Run(values);
        });
        Assert.True(
            refusal is OperationException or GraphFormatException,
            $"{graph.Nodes[^1].Op} on {string.Join(", ", values.Select(value => value.Shape))} is refused by the plain kernels; the compiled engine says {refusal?.GetType().Name ?? "nothing"} {refusal?.Message}");
    }

    private string NewName(string what) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what}_{_names++}");
}
