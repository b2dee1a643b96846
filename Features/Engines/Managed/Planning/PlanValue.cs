using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>What is known of a tensor while planning, and where it will be when the plan runs.</summary>
internal sealed class PlanValue
{
    /// <summary>Element type.</summary>
    public required DataType Type { get; init; }

    /// <summary>Extents; null while only the run can tell.</summary>
    public required TensorShape? Shape { get; init; }

    /// <summary>The value, where it follows from the shapes alone.</summary>
    public Tensor? Constant { get; init; }

    /// <summary>Where the run keeps it as a managed tensor, or −1.</summary>
    public int HostSlot { get; set; } = -1;

    /// <summary>Where the run keeps it in the arena, or null.</summary>
    public ArenaValue? Arena { get; set; }
}
