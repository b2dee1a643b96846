using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>The part of a graph that the fetches need, checked, in an order in which it can run. Immutable; safe from any thread.</summary>
internal sealed class BoundGraph
{
    /// <summary>The graph it is part of.</summary>
    public required Graph Graph { get; init; }

    /// <summary>Needed nodes, producers before consumers.</summary>
    public required IReadOnlyList<BoundNode> Nodes { get; init; }

    /// <summary>Feeds in the caller's order; also those that no needed node uses.</summary>
    public required IReadOnlyList<BoundFeed> Feeds { get; init; }

    /// <summary>Fetched tensors in the caller's order.</summary>
    public required IReadOnlyList<BoundTensor> Fetches { get; init; }

    /// <summary>Nodes that must run though nothing fetches them.</summary>
    public IReadOnlyList<int> Targets { get; init; } = [];

    /// <summary>Refuses feeds of a wrong number, type or shape.</summary>
    /// <exception cref="OperationException">They are.</exception>
    public void CheckFeeds(IReadOnlyList<Tensor> values)
    {
        if (values.Count != Feeds.Count)
        {
            throw new OperationException(
                $"{values.Count} values were fed; {Feeds.Count} are expected ({string.Join(", ", Feeds.Select(feed => feed.Name))})");
        }

        for (var i = 0; i < values.Count; i++)
        {
            Feeds[i].Check(values[i]);
        }
    }
}
