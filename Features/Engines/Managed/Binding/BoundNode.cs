using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>A node whose inputs are resolved and which has been checked against its operation's definition.</summary>
internal sealed class BoundNode
{
    /// <summary>Index in <see cref="BoundGraph.Nodes"/>: every input comes from a lower one.</summary>
    public required int Index { get; init; }

    /// <summary>The node as the file has it. For a feed, the node whose output is fed.</summary>
    public required GraphNode Source { get; init; }

    /// <summary>The operation; null for a feed, and where <see cref="Fault"/> says that it is unknown.</summary>
    public required OperationDefinition? Definition { get; init; }

    /// <summary>Attributes that the operation registers, defaults filled in.</summary>
    public required IReadOnlyDictionary<string, AttributeValue> Attributes { get; init; }

    /// <summary>Data inputs in order.</summary>
    public required IReadOnlyList<BoundTensor> Inputs { get; init; }

    /// <summary>Nodes that must have run before.</summary>
    public required IReadOnlyList<int> Controls { get; init; }

    /// <summary>Element type of each output; Invalid where it is not known (a function's argument of generic type, an unknown operation).</summary>
    public required IReadOnlyList<DataType> OutputTypes { get; init; }

    /// <summary>Position among the feeds, or −1. A feed has one output, the fed tensor.</summary>
    public int Feed { get; init; } = -1;

    /// <summary>Whether a Switch decides if the node runs; its outputs may then be dead.</summary>
    public bool IsConditional { get; init; }

    /// <summary>Why the node can not run, where that matters only if it is reached: it lies behind a Switch. Else null.</summary>
    public OperationException? Fault { get; init; }

    /// <summary>Node name.</summary>
    public string Name => Source.Name;

    /// <summary>Operation type.</summary>
    public string Op => Source.Op;

    /// <summary>Whether the value comes from the caller.</summary>
    public bool IsFeed => Feed >= 0;
}
