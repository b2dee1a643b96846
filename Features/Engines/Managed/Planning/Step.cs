using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>One thing that a plan does.</summary>
/// <param name="name">Name of the graph's node it stems from.</param>
/// <param name="kernel">What does it, for profiles.</param>
/// <param name="reads">Arena values it reads.</param>
/// <param name="writes">Arena values it writes.</param>
internal abstract unsafe class Step(string name, string kernel, IReadOnlyList<ArenaValue> reads, IReadOnlyList<ArenaValue> writes)
{
    /// <summary>Name of the graph's node it stems from.</summary>
    public string Name { get; } = name;

    /// <summary>What does it.</summary>
    public string Kernel { get; } = kernel;

    /// <summary>Floating-point operations, a multiply-add counted as two.</summary>
    public double Operations { get; init; }

    /// <summary>Arena values it reads.</summary>
    public IReadOnlyList<ArenaValue> Reads { get; } = reads;

    /// <summary>Arena values it writes.</summary>
    public IReadOnlyList<ArenaValue> Writes { get; } = writes;

    /// <summary>Takes note of where the arena lies; called before the first run and whenever it has moved.</summary>
    public virtual void Bind(NativeBuffer arena)
    {
    }

    /// <summary>Does it.</summary>
    public abstract void Run(RunState state);

    /// <summary>Where a value lies.</summary>
    protected static MapView View(NativeBuffer arena, ArenaValue value) => new(arena.Floats + value.Root.ArenaOffset + value.OffsetInRoot, value.Pitch);
}
