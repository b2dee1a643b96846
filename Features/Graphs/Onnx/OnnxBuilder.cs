using System.Runtime.InteropServices;
using Google.Protobuf;
using MlTransfer.Features.Graphs.Onnx.Format;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>Collects the nodes and constants of a model, gives out names, and drops what no output needs.</summary>
/// <param name="reserved">Names of inputs and outputs, which nothing else takes.</param>
internal sealed class OnnxBuilder(IEnumerable<string> reserved)
{
    /// <summary>Intermediate representation version 8, which came with operator set 17.</summary>
    private const int IrVersion = 8;
    private const int OperatorSet = 17;

    private readonly HashSet<string> _names = new(reserved, StringComparer.Ordinal);
    private readonly HashSet<string> _nodeNames = new(StringComparer.Ordinal);
    private readonly List<NodeProto> _nodes = [];
    private readonly Dictionary<string, TensorProto> _initializers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>A name like the one wanted that nothing has yet.</summary>
    public string Unique(string wanted) => Unique(_names, wanted);

    /// <summary>Adds a node with one output and returns the output's name.</summary>
    public string Node(string op, string output, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        Node(op, [output], inputs, attributes);
        return output;
    }

    /// <summary>Adds a node.</summary>
    public void Node(string op, IReadOnlyList<string> outputs, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = op, Name = Unique(_nodeNames, outputs[0]) };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        _nodes.Add(node);
    }

    /// <summary>Adds a constant.</summary>
    /// <param name="wanted">Its name, if it is free.</param>
    /// <param name="elementType">ONNX's number of the element type.</param>
    /// <param name="extents">Extents.</param>
    /// <param name="bytes">The elements in the machine's byte order; kept, not copied.</param>
    public string Constant(string wanted, int elementType, IEnumerable<long> extents, byte[] bytes)
    {
        var name = Unique(wanted);
        var tensor = new TensorProto { Name = name, DataType = elementType, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.AddRange(extents);
        _initializers.Add(name, tensor);
        return name;
    }

    /// <summary>Adds a constant of float32.</summary>
    public string Floats(string wanted, IEnumerable<long> extents, ReadOnlySpan<float> values) =>
        Constant(wanted, OnnxElementType.Float, extents, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A vector of integers (axes, extents); equal ones are kept once.</summary>
    public string Ints(params long[] values)
    {
        var key = string.Join(',', values);
        if (!_known.TryGetValue(key, out var name))
        {
            name = Constant($"ints/{key.Replace(',', '_')}", OnnxElementType.Int64, [values.Length], MemoryMarshal.AsBytes<long>(values).ToArray());
            _known.Add(key, name);
        }

        return name;
    }

    /// <summary>A scalar of a type; equal ones are kept once.</summary>
    /// <exception cref="NotSupportedException">Scalars of that type are not made.</exception>
    public string Scalar(DataType type, double value)
    {
        var key = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Tensor.NameOf(type)}/{value:R}");
        if (!_known.TryGetValue(key, out var name))
        {
            var bytes = type switch
            {
                DataType.Float32 => BitConverter.GetBytes((float)value),
                DataType.Float64 => BitConverter.GetBytes(value),
                DataType.Half => BitConverter.GetBytes((Half)value),
                DataType.Int32 => BitConverter.GetBytes((int)value),
                DataType.Int64 => BitConverter.GetBytes((long)value),
                DataType.Int16 => BitConverter.GetBytes((short)value),
                DataType.UInt8 => [(byte)value],
                DataType.Int8 => [(byte)(sbyte)value],
                DataType.Bool => [(byte)value],
                _ => throw new NotSupportedException($"a constant of {Tensor.NameOf(type)} is needed, which is not made"),
            };
            name = Constant(key, OnnxElementType.Of(type), [], bytes);
            _known.Add(key, name);
        }

        return name;
    }

    /// <summary>Makes the model.</summary>
    public ModelProto Build(string name, string program, IEnumerable<ValueInfoProto> inputs, IReadOnlyList<ValueInfoProto> outputs, IReadOnlyDictionary<string, string> metadata)
    {
        var graph = new GraphProto { Name = name };
        graph.Input.AddRange(inputs);
        graph.Output.AddRange(outputs);
        var needed = new HashSet<string>(outputs.Select(output => output.Name), StringComparer.Ordinal);
        for (var i = _nodes.Count - 1; i >= 0; i--)
        {
            if (_nodes[i].Output.Any(needed.Contains))
            {
                needed.UnionWith(_nodes[i].Input);
                graph.Node.Add(_nodes[i]);
            }
        }

        for (var (first, last) = (0, graph.Node.Count - 1); first < last; first++, last--)
        {
            (graph.Node[first], graph.Node[last]) = (graph.Node[last], graph.Node[first]);
        }

        graph.Initializer.AddRange(_initializers.Values.Where(constant => needed.Contains(constant.Name)));
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = program, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperatorSet });
        model.MetadataProps.AddRange(metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return model;
    }

    private static string Unique(HashSet<string> taken, string wanted)
    {
        var name = wanted;
        for (var i = 1; !taken.Add(name); i++)
        {
            name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{wanted}__{i}");
        }

        return name;
    }
}
