namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>Gives each block of the arena its place: blocks that are never alive together may share one.</summary>
/// <remarks>Largest first, each at the lowest place that is free for its whole life. Source: Y. Pisarchyk and J. Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020 (arXiv:2001.03288).</remarks>
internal static class MemoryPlanner
{
    private const long AlignmentFloats = 16;

    /// <summary>Sets the offset of every root that the steps touch.</summary>
    /// <param name="steps">The steps in order.</param>
    /// <param name="segment">Those of them that run more than once: what they share with the whole batch lives through all their runs.</param>
    /// <returns>Floats that the arena needs.</returns>
    public static long Place(IReadOnlyList<Step> steps, ImageSegment? segment)
    {
        var roots = new HashSet<ArenaValue>();
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var value in steps[i].Reads.Concat(steps[i].Writes))
            {
                var root = value.Root;
                roots.Add(root);
                var repeated = segment is not null && i >= segment.FirstStep && i < segment.EndStep && value.IsOfLargerBatch;
                root.FirstStep = Math.Min(root.FirstStep, repeated ? segment!.FirstStep : i);
                root.LastStep = Math.Max(root.LastStep, repeated ? segment!.EndStep - 1 : i);
            }
        }

        var placed = new List<ArenaValue>();
        long total = 0;
        foreach (var root in roots.OrderByDescending(root => root.Shape.Count).ThenBy(root => root.FirstStep))
        {
            var size = Size(root);
            long offset = 0;
            foreach (var other in placed.Where(other => other.FirstStep <= root.LastStep && root.FirstStep <= other.LastStep))
            {
                if (other.ArenaOffset >= offset + size)
                {
                    break;
                }

                offset = Math.Max(offset, other.ArenaOffset + Size(other));
            }

            root.ArenaOffset = offset;
            total = Math.Max(total, offset + size);
            var at = placed.FindIndex(other => other.ArenaOffset > offset);
            placed.Insert(at < 0 ? placed.Count : at, root);
        }

        return total;
    }

    private static long Size(ArenaValue root) => (root.Shape.Count + AlignmentFloats - 1) / AlignmentFloats * AlignmentFloats;
}
