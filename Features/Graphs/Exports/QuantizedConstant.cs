using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Exports;

/// <summary>A constant as the graph keeps it: value = Step × integer + Lowest.</summary>
/// <param name="Integers">quint8.</param>
/// <param name="Step">Size of a step.</param>
/// <param name="Lowest">Value of 0.</param>
internal sealed record QuantizedConstant(Tensor Integers, double Step, double Lowest)
{
    /// <summary>Reads a node that dequantizes constant bytes of one range; null for anything else.</summary>
    public static QuantizedConstant? Of(FlowNode node)
    {
        if (node.Op != "Dequantize" || node.OutputTypes[0] != DataType.Float32 || node.Attribute("mode").Text != "MIN_COMBINED" || node.Attribute("axis").Int >= 0
            || node.Inputs[0].Constant is not { Type: DataType.QUInt8 } integers
            || node.Inputs[1].Constant is not { Type: DataType.Float32, Count: 1 } lowest
            || node.Inputs[2].Constant is not { Type: DataType.Float32, Count: 1 } highest)
        {
            return null;
        }

        var (low, high) = ((double)lowest.AsSpan<float>()[0], (double)highest.AsSpan<float>()[0]);
        return new QuantizedConstant(integers, (high - low) / byte.MaxValue, low);
    }
}
