namespace MlTransfer.Benchmarks.Engines;

/// <summary>One network in the two forms in which the sides take it.</summary>
/// <param name="Path">The graph file, or the folder of golden/nets.</param>
/// <param name="Input">The tensor that takes the images.</param>
/// <param name="Output">The tensor wanted.</param>
/// <param name="OnnxPath">The same as ONNX.</param>
internal sealed record ComparedNet(string Path, string Input, string Output, string OnnxPath);
