using MlTransfer.Features.Backbones;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Pipeline.Jobs;

namespace MlTransfer.Pipeline.Comparisons;

/// <summary>Every tap of a network.</summary>
internal static class BackboneTaps
{
    /// <summary>The taps that the catalog names; of a graph of the user's own the ends of its blocks, the bottleneck first.</summary>
    public static IReadOnlyList<(Backbone Backbone, BackboneTap Tap)> All(BackboneRequest request)
    {
        var (backbone, bottleneck) = BackboneResolver.Resolve(request with { Tensor = null }, Engines.Default);
        if (backbone.Taps.Count > 1)
        {
            return [.. backbone.Taps.Select(tap => (backbone, tap))];
        }

        var ends = BlockEnds.Before(GraphFile.Read(backbone.GraphPath), bottleneck.Tensor);
        return [(backbone, bottleneck), .. ends.Where(end => end != bottleneck.Tensor).Select(end => BackboneResolver.Resolve(request with { Tensor = end }, Engines.Default))];
    }
}
