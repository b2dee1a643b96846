using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Tensors;

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

    /// <summary>What kind of layer it is, for profiles: "3×3/2", "depthwise 3×3/1", "dense" …; empty for what is no layer.</summary>
    public string Layer { get; init; } = string.Empty;

    /// <summary>Floating-point operations of the direct form, a multiply-add counted as two.</summary>
    public double Operations { get; init; }

    /// <summary>Floating-point operations that its products take as they are computed; fewer than <see cref="Operations"/> for a Toom–Cook scheme.</summary>
    public double? ComputedOperations { get; init; }

    /// <summary>Bytes of weights it reads.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Arena values it reads.</summary>
    public IReadOnlyList<ArenaValue> Reads { get; } = reads;

    /// <summary>Arena values it writes.</summary>
    public IReadOnlyList<ArenaValue> Writes { get; } = writes;

    /// <summary>Extents of its first result, for profiles; null where it has none.</summary>
    public virtual TensorShape? ResultShape(RunState state) => Writes.Count > 0 ? Writes[0].Shape : Reads.Count > 0 ? Reads[0].Shape : null;

    /// <summary>Bytes that it moves at the least: maps read and written once, and its weights. Asked after it has run.</summary>
    public virtual long Bytes(RunState state) => (Reads.Concat(Writes).Sum(value => (long)value.Shape.Count) * sizeof(float)) + WeightBytes;

    /// <summary>Takes note of where the arena lies; called before the first run and whenever it has moved.</summary>
    public virtual void Bind(NativeBuffer arena)
    {
    }

    /// <summary>Does it.</summary>
    public abstract void Run(RunState state);

    /// <summary>Where a value lies.</summary>
    protected static MapView View(NativeBuffer arena, ArenaValue value) => new(arena.Floats + value.Root.ArenaOffset + value.OffsetInRoot, value.Pitch);
}
