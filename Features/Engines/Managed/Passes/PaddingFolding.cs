using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>Lets a convolution do the zero padding of rows and columns that a Pad before it does.</summary>
internal sealed class PaddingFolding : IPass
{
    private const int MaxPadding = 65536;

    /// <inheritdoc/>
    public void Run(FlowGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            if (node.Fused is not { Kind: FusedKind.Convolution or FusedKind.Depthwise, ExtraPadding: null } fused || node.Attribute("padding").Text == "SAME")
            {
                continue;
            }

            var pad = node.Inputs[0].Node;
            if (pad.Fused is null && Read(pad) is { } padding)
            {
                fused.ExtraPadding = padding;
                node.Inputs[0] = pad.Inputs[0];
            }
        }
    }

    /// <summary>Top, bottom, left and right of a Pad by zeros that touches rows and columns only; null for anything else.</summary>
    public static int[]? Read(FlowNode pad)
    {
        var padsZeros = pad.Op == "Pad" || (pad.Op == "PadV2" && pad.Inputs[2].Constant is { Type: DataType.Float32, Count: 1 } value && value.AsSpan<float>()[0] == 0);
        if (!padsZeros || pad.OutputTypes[0] != DataType.Float32 || pad.Inputs[0].IsConstant || pad.Inputs[1].Constant is not { Count: 8, Shape.Rank: 2 } amounts)
        {
            return null;
        }

        long[] all = amounts.Type == DataType.Int32 ? Array.ConvertAll(amounts.AsSpan<int>().ToArray(), amount => (long)amount) : amounts.AsSpan<long>().ToArray();
        return all is [0, 0, _, _, _, _, 0, 0] && Array.TrueForAll(all, amount => amount is >= 0 and < MaxPadding)
            ? [(int)all[2], (int)all[3], (int)all[4], (int)all[5]]
            : null;
    }
}
