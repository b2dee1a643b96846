using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.SavedModels;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Graphs.SavedModels;

public sealed class SavedModelReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_keeps_graph_signature_and_tag()
    {
        var path = Write(Net("VariableFree"));
        Assert.True(SavedModelReader.IsSavedModel(path));
        Assert.True(Directory.Exists(Path.Combine(path, "variables")));
        var read = SavedModelReader.Read(Path.Combine(path, "saved_model.pb"));
        Assert.Equal(["x", "y"], read.Graph.Nodes.Select(node => node.Name));
        Assert.Equal(new SignatureTensor("x:0", DataType.Float32, new PartialShape([-1, 2])).ToString(), read.Signatures["serving_default"].Inputs["x"].ToString());
        Assert.Contains("'train'", Assert.Throws<GraphFormatException>(() => SavedModelReader.Read(path, "train")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_variables_are_named()
    {
        var path = Write(Net("w", new GraphNode("w", "VarHandleOp", [], new Dictionary<string, AttributeValue>())));
        var fault = Assert.Throws<GraphFormatException>(() => SavedModelReader.Read(path));
        Assert.Contains("'w'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Freeze it first", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_a_model_are_refused()
    {
        Assert.False(SavedModelReader.IsSavedModel(_folder));
        Assert.Contains("not a SavedModel", Assert.Throws<GraphFormatException>(() => SavedModelReader.Read(_folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "saved_model.pbtxt"), "saved_model_schema_version: 1");
        Assert.Contains("as text", Assert.Throws<GraphFormatException>(() => SavedModelReader.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_and_many_damages_are_refused_or_read_but_never_crash()
    {
        var content = File.ReadAllBytes(Path.Combine(Write(Net("VariableFree")), "saved_model.pb"));
        var random = new Random(3);
        for (var i = 0; i < content.Length + 2000; i++)
        {
            var damaged = i < content.Length ? content[..i] : (byte[])content.Clone();
            for (var change = 0; i >= content.Length && change < 3; change++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                SavedModelReader.Parse(damaged, "damaged");
            }
            catch (GraphFormatException fault)
            {
                Assert.StartsWith("damaged", fault.Message, StringComparison.Ordinal);
            }
        }
    }

    private static SavedModel Net(string second, params GraphNode[] more)
    {
        GraphNode[] nodes =
        [
            new("x", "Placeholder", [], new Dictionary<string, AttributeValue> { ["dtype"] = AttributeValue.Of(DataType.Float32), ["shape"] = AttributeValue.Of(new PartialShape([-1, 2])) }),
            new("y", "Relu", [NodeInput.Parse("x"), .. second == "w" ? [NodeInput.Parse("^w")] : Array.Empty<NodeInput>()], new Dictionary<string, AttributeValue> { ["T"] = AttributeValue.Of(DataType.Float32) }),
            .. more,
        ];
        var signature = new ModelSignature(
            new Dictionary<string, SignatureTensor> { ["x"] = new("x:0", DataType.Float32, new PartialShape([-1, 2])) },
            new Dictionary<string, SignatureTensor> { ["y"] = new("y:0", DataType.Float32, new PartialShape([-1, 2])) });
        return new SavedModel(new Graph(nodes, [], 1000, "net"), new Dictionary<string, ModelSignature> { [ModelSignature.ServingName] = signature });
    }

    private string Write(SavedModel model)
    {
        var path = Path.Combine(_folder, "model");
        SavedModelWriter.Write(path, model);
        return path;
    }
}
