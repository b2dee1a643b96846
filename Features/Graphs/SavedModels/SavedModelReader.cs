using Google.Protobuf;
using MlTransfer.Features.Graphs.TensorFlow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.SavedModels;

/// <summary>Reads TensorFlow SavedModels whose weights are constants, such as frozen ones; those that keep them in variables are refused by name.</summary>
/// <remarks>Source: tensorflow/core/protobuf/saved_model.proto. Stateless, hence thread-safe.</remarks>
public static class SavedModelReader
{
    private static readonly HashSet<string> s_variables = new(StringComparer.Ordinal)
    {
        "Variable", "VariableV2", "VarHandleOp", "TemporaryVariable", "HashTable", "HashTableV2", "MutableHashTableV2",
    };

    /// <summary>Whether a path is a folder with a SavedModel.</summary>
    public static bool IsSavedModel(string path) => File.Exists(Path.Combine(path, SavedModelWriter.FileName));

    /// <summary>Reads a model.</summary>
    /// <param name="path">The folder, or the file saved_model.pb in it.</param>
    /// <param name="tag">Which of its graphs; default the one for inference.</param>
    /// <exception cref="GraphFormatException">Not a SavedModel, without such a graph, or with weights in variables; the message says what to do.</exception>
    public static SavedModel Read(string path, string tag = "serve")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = Directory.Exists(path) ? Path.Combine(path, SavedModelWriter.FileName) : path;
        if (!File.Exists(file))
        {
            throw new GraphFormatException(File.Exists(Path.ChangeExtension(file, ".pbtxt"))
                ? $"{path}: the SavedModel is stored as text (saved_model.pbtxt); the binary form, saved_model.pb, is read. Save it without as_text"
                : $"{path}: there is no {SavedModelWriter.FileName}; the folder is not a SavedModel");
        }

        return Parse(File.ReadAllBytes(file), path, tag);
    }

    /// <summary>Reads the bytes of saved_model.pb.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <param name="tag">Which of its graphs.</param>
    /// <exception cref="GraphFormatException">As <see cref="Read"/>.</exception>
    public static SavedModel Parse(ReadOnlySpan<byte> content, string source, string tag = "serve")
    {
        SavedModelProto model;
        try
        {
            model = SavedModelProto.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new GraphFormatException($"{source}: not a binary SavedModel: {fault.Message}", fault);
        }

        var meta = model.MetaGraphs.FirstOrDefault(candidate => candidate.MetaInfoDef?.Tags.Contains(tag) == true)
            ?? throw new GraphFormatException(
                $"{source}: no graph is tagged '{tag}'; there are {(model.MetaGraphs.Count == 0 ? "none" : string.Join(", ", model.MetaGraphs.Select(candidate => $"[{string.Join(", ", candidate.MetaInfoDef?.Tags ?? [])}]")))}");
        var graph = GraphDefReader.FromGraphDef(meta.GraphDef ?? new GraphDef(), source);
        var signatures = meta.SignatureDef
            .Where(pair => pair.Value.Outputs.Count > 0)
            .ToDictionary(pair => pair.Key, pair => new ModelSignature(ToTensors(pair.Value.Inputs, source), ToTensors(pair.Value.Outputs, source)), StringComparer.Ordinal);
        RefuseVariables(graph, signatures);
        return new SavedModel(graph, signatures);
    }

    /// <summary>Refuses a model whose signatures need variables: they lie in files of another format, beside the graph.</summary>
    private static void RefuseVariables(Graph graph, Dictionary<string, ModelSignature> signatures)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(signatures.Values.SelectMany(signature => signature.Outputs.Values).Select(output => NodeInput.Parse(output.Tensor).Node));
        var variables = new List<string>();
        while (open.TryPop(out var name))
        {
            if (!seen.Add(name) || !graph.TryGetNode(name, out var node))
            {
                continue;
            }

            if (s_variables.Contains(node.Op))
            {
                variables.Add(node.Name);
            }

            foreach (var input in node.Inputs)
            {
                open.Push(input.Node);
            }
        }

        if (variables.Count > 0)
        {
            throw new GraphFormatException(
                $"{graph.Source}: the SavedModel keeps {variables.Count} variables or tables beside its graph ('{variables.Order(StringComparer.Ordinal).First()}', …), which is not read. "
                + "Freeze it first (TensorFlow: convert_variables_to_constants_v2, or freeze_graph), and name the frozen graph");
        }
    }

    private static Dictionary<string, SignatureTensor> ToTensors(IDictionary<string, TensorInfo> tensors, string source)
    {
        var result = new Dictionary<string, SignatureTensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            if (tensor.Name.Length == 0)
            {
                throw new GraphFormatException($"{source}: the signature's tensor '{name}' is sparse or composite; dense ones are read");
            }

            try
            {
                NodeInput.Parse(tensor.Name);
            }
            catch (GraphFormatException fault)
            {
                throw new GraphFormatException($"{source}: the signature's tensor '{name}': {fault.Message}", fault);
            }

            result.Add(name, new SignatureTensor(tensor.Name, (DataType)tensor.Dtype, tensor.TensorShape is null ? PartialShape.Unknown : GraphDefReader.ToShape(tensor.TensorShape)));
        }

        return result;
    }
}
