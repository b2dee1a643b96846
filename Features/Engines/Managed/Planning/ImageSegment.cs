using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>
/// The first steps of a plan, where maps are large and weights few, run for some images after the others: what lies between the steps is then
/// small enough to stay in the caches, and its memory is used again. An image's results do not depend on it.
/// </summary>
/// <param name="FirstStep">First step.</param>
/// <param name="EndStep">One past the last step.</param>
/// <param name="Parts">How often the steps run.</param>
/// <param name="Values">The values that are a part of the whole batch's.</param>
internal sealed record ImageSegment(int FirstStep, int EndStep, int Parts, IReadOnlyList<ArenaValue> Values)
{
    /// <summary>Maps that together are smaller stay in the caches anyway.</summary>
    private const long CacheBytes = 8 << 20;

    /// <summary>Weights that come from far away keep all rows of a tile waiting, maps one: measured on Xception's middle blocks.</summary>
    private const long WeightsAgainstMaps = 4;

    private static readonly HashSet<string> s_operations = new(StringComparer.Ordinal) { "MaxPool", "AvgPool", "ConcatV2", "Concat", "Relu", "Relu6", "Pad", "PadV2" };

    /// <summary>How many nodes to run so: as many as save the most traffic, maps counted against weights that are read once more for each part.</summary>
    /// <param name="nodes">Nodes of a plan for the whole batch.</param>
    /// <param name="stepEnds">For each node, one past its last step.</param>
    /// <param name="steps">The plan's steps.</param>
    /// <param name="images">Images in the batch.</param>
    /// <param name="parts">Parts it would be cut into.</param>
    public static int Choose(IReadOnlyList<FlowNode> nodes, IReadOnlyList<int> stepEnds, IReadOnlyList<Step> steps, int images, int parts)
    {
        long saved = 0, most = 0;
        var (chosen, first) = (0, 0);
        for (var i = 0; i < stepEnds.Count; i++)
        {
            var node = nodes[i];
            if (!node.IsConstant && !node.Source.IsFeed)
            {
                if (!s_operations.Contains(node.Op) && node.Fused is not { Kind: FusedKind.Convolution or FusedKind.Depthwise or FusedKind.Affine or FusedKind.Add })
                {
                    break;
                }

                long bytes = 0;
                for (; first < stepEnds[i]; first++)
                {
                    if (steps[first] is WorkStep work && work.Reads.Concat(work.Writes).All(value => IsOfImages(value, images)))
                    {
                        bytes += work.Reads.Concat(work.Writes).Sum(value => (long)value.Shape.Count * sizeof(float));
                    }
                    else if (steps[first] is not ExportStep && !(steps[first] is ImportStep && IsOfImages(steps[first].Writes[0], images)))
                    {
                        return chosen;
                    }
                }

                saved += bytes > CacheBytes ? bytes : 0;
                saved -= (parts - 1L) * WeightsAgainstMaps * (node.Fused?.WeightShape.Count ?? 0) * sizeof(float);
            }

            if (saved > most)
            {
                (most, chosen) = (saved, i + 1);
            }
        }

        return chosen;
    }

    /// <summary>Turns to a part of the images.</summary>
    public void Take(int part, IReadOnlyList<Step> steps, NativeBuffer arena)
    {
        foreach (var value in Values)
        {
            value.Part = part;
        }

        for (var i = FirstStep; i < EndStep; i++)
        {
            steps[i].Bind(arena);
        }
    }

    private static bool IsOfImages(ArenaValue value, int images) => value.Shape.Rank == 4 && value.Shape[0] == images;
}
