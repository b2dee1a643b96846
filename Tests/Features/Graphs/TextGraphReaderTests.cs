using System.Text;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.TensorFlow;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Graphs;

public sealed class TextGraphReaderTests
{
    private const string Absent = "no file";
    private static readonly string[] Folder = ["golden", "formats", "1_models", "frozen_graphdef"];

    public static TheoryData<string> Pairs()
    {
        var pairs = new TheoryData<string>();
        var folder = GoldenFolder.At(Folder);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.pbtxt").Where(file => File.Exists(Path.ChangeExtension(file, ".pb"))) : [])
        {
            pairs.Add(Path.GetFileName(file));
        }

        if (pairs.Count == 0)
        {
            pairs.Add(Absent);
        }

        return pairs;
    }

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    [Trait("Category", "Golden")]
    [Trait("Golden", "golden/formats/1_models/frozen_graphdef")]
    public void Text_and_binary_form_hold_the_same_graph(string name)
    {
        Skip.If(name == Absent, $"{GoldenFolder.At(Folder)} has no graph in both forms.");
        var path = GoldenFolder.At([.. Folder, name]);
        var text = TextGraphReader.Parse(File.ReadAllBytes(path), name);
        var binary = GraphDef.Parser.WithDiscardUnknownFields(true).ParseFrom(File.ReadAllBytes(Path.ChangeExtension(path, ".pb")));
        Assert.Equal(binary.Node.Count, text.Node.Count);
        Assert.Equal(binary, text);
        Assert.Equal(GraphDefReader.Read(Path.ChangeExtension(path, ".pb")).Nodes.Select(node => node.Name), GraphDefReader.Read(path).Nodes.Select(node => node.Name));
    }

    [Fact]
    public void Every_spelling_of_a_value_is_understood()
    {
        var graph = Read("""
            # made by hand
            node < name: 'a' op: "Con" "st"; device: "\101\x42\u00e9\n" input: ["b", "c:1"],
              attr { key: "list" value { list { i: [1, -2, 0x10] f: 1.5f f: -inf f: nan b: true type: DT_HALF_REF } } }
              attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { dim { size: 2 } } float_val: 1e-3 } } }
              unknown_field { x: [ { y: "}" } ] z: 1 } other: "s" >
            versions { producer: 27 }
            """);
        var node = Assert.Single(graph.Node);
        Assert.Equal(("a", "Const", "AB\u00e9\n"), (node.Name, node.Op, node.Device));
        Assert.Equal(["b", "c:1"], node.Input);
        var list = node.Attr["list"].List;
        Assert.Equal([1L, -2L, 16L], list.I);
        Assert.Equal([1.5f, float.NegativeInfinity, float.NaN], list.F);
        Assert.True(Assert.Single(list.B));
        Assert.Equal(119, Assert.Single(list.Type));
        Assert.Equal(0.001f, Assert.Single(node.Attr["value"].Tensor.FloatVal));
        Assert.Equal(27, graph.Versions.Producer);
    }

    [Theory]
    [InlineData("node { name: \"x }", "line 1: a quote is not closed")]
    [InlineData("node {\n name: x }", "line 2: a text in quotes")]
    [InlineData("node {\n\n name \"x\" }", "line 3: ':' was expected")]
    [InlineData("node { name: \"x\" ", "the name of a field")]
    [InlineData("versions { producer: 99999999999 }", "out of range")]
    [InlineData("versions { producer: 1.5 }", "no whole number")]
    [InlineData("node { unknown { a: 1 ", "ends within")]
    [InlineData("node { name: \"\\q\" }", "no escape")]
    [InlineData("node { attr { value { i: 1 } } }", "no key")]
    [InlineData("node: 3", "'{' was expected")]
    [InlineData("node { name: \"x\" }\0node { }", "zero character")]
    public void Damaged_texts_are_refused_with_their_line(string text, string named)
    {
        var message = Assert.Throws<GraphFormatException>(() => GraphDefReader.Parse(Encoding.UTF8.GetBytes(text), "g.pbtxt")).Message;
        Assert.StartsWith("g.pbtxt, line ", message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_within_the_stack()
    {
        var deep = "node { attr { key: \"a\" value { " + string.Concat(Enumerable.Repeat("func { attr { key: \"a\" value { ", 100_000));
        Assert.Contains("deeper", Assert.Throws<GraphFormatException>(() => Read(deep)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_read_or_refused()
    {
        const string text = "node { name: \"a\" op: \"Const\" attr { key: \"v\" value { tensor { dtype: DT_FLOAT float_val: [1, 2] tensor_content: \"\\001\" } } } }";
        for (var length = 0; length < text.Length; length++)
        {
            var fault = Record.Exception(() => GraphDefReader.Parse(Encoding.UTF8.GetBytes(text[..length]), "g.pbtxt"));
            Assert.True(fault is null or GraphFormatException, $"first {length} characters: {fault}");
        }
    }

    private static GraphDef Read(string text) => TextGraphReader.Parse(Encoding.UTF8.GetBytes(text), "g.pbtxt");
}
