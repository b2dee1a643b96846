using System.Security.Cryptography;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Png;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Tests.Classification;

/// <summary>A network that tells the mean colour of a picture, in a file of its own, with a head that calls it red, green or blue.</summary>
internal sealed class TinyNetwork
{
    private static readonly int[] s_axes = [1, 2];

    public TinyNetwork(string folder)
    {
        GraphPath = Path.Combine(folder, "colour.pb");
        var type = ("T", AttributeValue.Of(DataType.Float32));
        var graph = new Graph(
        [
            Node("images", "Placeholder", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("shape", AttributeValue.Of(new PartialShape([-1, 8, 8, 3])))),
            Node("axes", "Const", [], ("dtype", AttributeValue.Of(DataType.Int32)), ("value", AttributeValue.Of(Tensor.From(new TensorShape(2), s_axes)))),
            Node("colour", "Mean", ["images", "axes"], type, ("Tidx", AttributeValue.Of(DataType.Int32)), ("keep_dims", AttributeValue.Of(false))),
        ], [], 134, "colour");
        File.WriteAllBytes(GraphPath, GraphDefWriter.Write(graph));
        Head = new SoftmaxHead(new SoftmaxWeights([8, 0, 0, 0, 8, 0, 0, 0, 8], [0, 0, 0]), new HeadDescription
        {
            Labels = ["red", "green", "blue"],
            BackboneId = "file:colour",
            GraphSha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(GraphPath))),
            Tensor = "colour:0",
            Preprocessing = new ImagePreprocessing { Width = 8, Height = 8, Scaling = PixelScaling.ZeroOne }.Id + ";feed=images:0",
        });
        HeadPath = Path.Combine(folder, "colour.head");
        Head.Save(HeadPath);
    }

    public string GraphPath { get; }

    public string HeadPath { get; }

    public SoftmaxHead Head { get; }

    /// <summary>A picture of one colour.</summary>
    public static byte[] Png(byte red, byte green, byte blue, int size = 13) => PngEncoder.Encode(new ImageBuffer(
        size, size, 3, [.. Enumerable.Range(0, size * size).SelectMany(_ => new[] { red, green, blue })]));

    private static GraphNode Node(string name, string op, string[] inputs, params (string Name, AttributeValue Value)[] attributes) =>
        new(name, op, [.. inputs.Select(NodeInput.Parse)], attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value, StringComparer.Ordinal));
}
