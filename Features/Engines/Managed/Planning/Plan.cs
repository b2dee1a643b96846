using MlTransfer.Features.Engines.Managed.Flow;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>What to do for one set of shapes.</summary>
/// <param name="Steps">Steps in order.</param>
/// <param name="Given">Tensors it begins with; the i-th belongs into slot i.</param>
/// <param name="Results">Tensors it gives: fetches, and what remaining nodes need.</param>
/// <param name="Remaining">Nodes that could not be planned before these steps have run.</param>
/// <param name="Slots">Managed tensors it handles.</param>
/// <param name="ArenaFloats">Floats it needs in the arena.</param>
internal sealed record Plan(
    IReadOnlyList<Step> Steps, IReadOnlyList<FlowTensor> Given, IReadOnlyList<PlanResult> Results, IReadOnlyList<FlowNode> Remaining, int Slots, long ArenaFloats)
{
    /// <summary>Steps that are run for some images after the others; null for none.</summary>
    public ImageSegment? Segment { get; init; }

    /// <summary>Version of the arena that the steps were last bound to; 0 for none.</summary>
    public int BoundTo { get; set; }
}
