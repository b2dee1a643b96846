using System.Runtime.InteropServices;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>Computes, once and with the plain kernels, what depends on constants alone. What fails is left for the run to report.</summary>
internal sealed class ConstantFolding : IPass
{
    /// <summary>With fewer elements there is nothing to save.</summary>
    private const int FewestCoded = 4096;

    /// <summary>Whether an operation gives the same result each time.</summary>
    public static bool IsRepeatable(FlowNode node) =>
        !node.Source.IsFeed && node.Fused is null && node.Source.Definition is not null
        && !node.Op.StartsWith("Random", StringComparison.Ordinal)
        && node.Op is not ("TruncatedNormal" or "ParameterizedTruncatedNormal" or "Multinomial" or "Assert" or "CheckNumerics" or "NoOp");

    /// <inheritdoc/>
    public void Run(FlowGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            if (!IsRepeatable(node) || !node.Inputs.TrueForAll(input => input.IsConstant))
            {
                continue;
            }

            try
            {
                if (node.Op == "Dequantize" && Code(node, graph.Bound.Graph.Producer) is { } coded)
                {
                    node.Coded = coded;
                    continue;
                }

                node.Constants = KernelRunner.Run(node.Source, [.. node.Inputs.Select(input => input.Constant!)], graph.Bound.Graph.Producer, null);
            }
            catch (OperationException)
            {
                // The run raises it, if it gets that far.
            }
        }
    }

    /// <summary>Large tensors of bytes of one range stay bytes: the plain kernel tells what each of the 256 stands for. Null for anything else.</summary>
    private static CodedTensor? Code(FlowNode node, int producer)
    {
        if (node.Inputs[0].Constant is not { Type: DataType.QUInt8 or DataType.QInt8, Count: >= FewestCoded } bytes || node.OutputTypes[0] != DataType.Float32
            || node.Inputs[1].Constant is not { Count: 1 } low || node.Inputs[2].Constant is not { Count: 1 } high || node.Attribute("axis").Int != -1)
        {
            return null;
        }

        var codes = new byte[256];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)i;
        }

        Array all = bytes.Type == DataType.QUInt8 ? codes : Array.ConvertAll(codes, code => unchecked((sbyte)code));
        var values = KernelRunner.Run(node.Source, [Tensor.From(bytes.Type, new TensorShape(codes.Length), all), low, high], producer, null)[0];
        return new CodedTensor(bytes.Shape, bytes.Storage as byte[] ?? MemoryMarshal.AsBytes(bytes.AsSpan<sbyte>()).ToArray(), (float[])values.Storage);
    }
}
