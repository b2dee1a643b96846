namespace MlTransfer.Features.Engines.Managed.Threading;

/// <summary>Work cut into items that any thread may do in any order; an item's result depends on nothing but the item.</summary>
internal abstract unsafe class ParallelWork
{
    /// <summary>Number of items.</summary>
    public abstract int Items { get; }

    /// <summary>Bytes of scratch space that one item needs.</summary>
    public virtual int ScratchBytes => 0;

    /// <summary>Does one item.</summary>
    /// <param name="item">0 to <see cref="Items"/> − 1.</param>
    /// <param name="scratch">The executing thread's scratch space, aligned to 64 bytes.</param>
    public abstract void Execute(int item, void* scratch);
}
