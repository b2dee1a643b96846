using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>A constant as the graph keeps it: value = Step × integer + Lowest.</summary>
/// <param name="Integers">quint8.</param>
/// <param name="Step">Size of a step.</param>
/// <param name="Lowest">Value of 0.</param>
internal sealed record QuantizedConstant(Tensor Integers, double Step, double Lowest)
{
    /// <summary>Finds the constants of a folded graph that are dequantized 8-bit ones, by the float tensor that they became.</summary>
    public static Dictionary<Tensor, QuantizedConstant> Find(FlowGraph graph)
    {
        var found = new Dictionary<Tensor, QuantizedConstant>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes)
        {
            if (node is { Op: "Dequantize", Constants: [var floats] } && floats.Type == DataType.Float32
                && node.Attribute("mode").Text == "MIN_COMBINED" && node.Attribute("axis").Int < 0
                && node.Inputs[0].Constant is { Type: DataType.QUInt8 } integers
                && node.Inputs[1].Constant is { Type: DataType.Float32, Count: 1 } lowest
                && node.Inputs[2].Constant is { Type: DataType.Float32, Count: 1 } highest)
            {
                var (low, high) = ((double)lowest.AsSpan<float>()[0], (double)highest.AsSpan<float>()[0]);
                found.TryAdd(floats, new QuantizedConstant(integers, (high - low) / byte.MaxValue, low));
            }
        }

        return found;
    }
}
