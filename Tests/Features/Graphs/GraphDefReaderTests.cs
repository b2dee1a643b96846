using Google.Protobuf;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.TensorFlow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Graphs;

public class GraphDefReaderTests
{
    [Fact]
    public void ConstWithHugeDeclaredShape_IsRefusedWithoutAllocation()
    {
        var file = SmallGraph();
        var tensor = file.Node.Single(node => node.Op == "Const").Attr["value"].Tensor;
        tensor.TensorContent = ByteString.Empty;
        tensor.FloatVal.Add(1);
        tensor.TensorShape.Dim[0].Size = int.MaxValue;
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Assert.ThrowsAny<Exception>(() => Run(file.ToByteArray()));

        Assert.True(fault is GraphFormatException or OperationException, fault.ToString());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void EveryTruncation_IsReadOrRefused()
    {
        var file = SmallGraph().ToByteArray();
        for (var length = 0; length < file.Length; length++)
        {
            AssertReadOrRefused(file[..length], $"first {length} bytes");
        }
    }

    [Fact]
    public void EveryFlippedBit_IsReadOrRefused()
    {
        var file = SmallGraph().ToByteArray();
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            var damaged = file.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertReadOrRefused(damaged, $"bit {bit}");
        }
    }

    [Theory]
    [InlineData("saved_model_schema_version: 1\n", "text form")]
    [InlineData("{\"format\": \"graph-model\"}", "JSON")]
    [InlineData("<html>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "LFS")]
    [InlineData("\u001c\0\0\0TFL3\u0014\0", "Lite")]
    [InlineData("PK\u0003\u0004", "zip")]
    [InlineData("GIF89a\u0001\0\u0001\0", "picture")]
    public void OtherFormats_AreCalledByTheirNames(string text, string named)
    {
        var fault = Assert.Throws<GraphFormatException>(() => GraphDefReader.Parse(System.Text.Encoding.Latin1.GetBytes(text), "model.pb"));
        Assert.StartsWith("model.pb: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_AreNoGraphs()
    {
        var folder = Directory.CreateTempSubdirectory("mltransfer-graph-");
        Assert.Contains("folder", Assert.Throws<GraphFormatException>(() => GraphDefReader.Read(folder.FullName)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder.FullName, "saved_model.pb"), "");
        Assert.Contains("SavedModel", Assert.Throws<GraphFormatException>(() => GraphDefReader.Read(folder.FullName)).Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void SmallGraph_Runs() => Assert.Equal([2f, 2f], Run(SmallGraph().ToByteArray()).AsSpan<float>().ToArray());

    [Fact]
    public void ValuesBeyondTheShape_AreIgnored_AsInTensorFlow()
    {
        var file = SmallGraph();
        var tensor = file.Node.Single(node => node.Op == "Const").Attr["value"].Tensor;
        tensor.TensorContent = ByteString.Empty;
        tensor.FloatVal.AddRange([4, 5, 6]);

        Assert.Equal([5f, 6f], Run(file.ToByteArray()).AsSpan<float>().ToArray());
    }

    [Fact]
    public void EmptyFile_IsRefused() => Assert.Contains("holds no nodes", Assert.Throws<GraphFormatException>(() => GraphDefReader.Parse([], "empty.pb")).Message, StringComparison.Ordinal);

    private static void AssertReadOrRefused(byte[] file, string what)
    {
        try
        {
            Run(file);
        }
        catch (Exception fault)
        {
            Assert.True(fault is GraphFormatException or OperationException, $"{what}: {fault}");
        }
    }

    private static Tensor Run(byte[] file)
    {
        var graph = GraphDefReader.Parse(file, "small.pb");
        using var session = new ReferenceEngine().Compile(graph, ["x"], ["y"]);
        return session.Run([Tensor.From(new TensorShape(2), new[] { 1f, 1f })])[0];
    }

    /// <summary>y = x + c, with a function and attributes of most kinds beside it.</summary>
    private static GraphDef SmallGraph()
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dim { Size = 2 } } };
        var value = new TensorProto { Dtype = 1, TensorShape = shape.Clone(), TensorContent = ByteString.CopyFrom([0, 0, 128, 63, 0, 0, 128, 63]) };
        return new GraphDef
        {
            Node =
            {
                new NodeDef { Name = "x", Op = "Placeholder", Attr = { ["dtype"] = new AttrValue { Type = 1 }, ["shape"] = new AttrValue { Shape = shape.Clone() } } },
                new NodeDef { Name = "c", Op = "Const", Attr = { ["dtype"] = new AttrValue { Type = 1 }, ["value"] = new AttrValue { Tensor = value } } },
                new NodeDef { Name = "e", Op = "NoOp" },
                new NodeDef
                {
                    Name = "y",
                    Op = "AddN",
                    Input = { "x", "c", "^e" },
                    Attr = { ["N"] = new AttrValue { I = 2 }, ["T"] = new AttrValue { Type = 1 }, ["_s"] = new AttrValue { S = ByteString.CopyFromUtf8("s") } },
                },
            },
            Library = new FunctionDefLibrary
            {
                Function = { new FunctionDef { Signature = new OpDef { Name = "f", InputArg = { new OpDef.Types.ArgDef { Name = "a", Type = 1 } } } } },
            },
            Versions = new VersionDef { Producer = 1000 },
        };
    }
}
