using System.Runtime.InteropServices;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Zeroed memory outside the garbage-collected heap that lives as long as one decoding.</summary>
internal sealed unsafe class NativeArena : IDisposable
{
    private const nuint Alignment = 64;

    private readonly List<nint> _blocks = [];

    /// <summary>Room for <paramref name="count"/> elements, zeroed, 64-byte aligned.</summary>
    public T* Allocate<T>(long count)
        where T : unmanaged
    {
        var bytes = checked((nuint)count * (nuint)sizeof(T));
        // Zeroed pages come from the system only when touched, so a large picture whose data end early costs little.
        var block = (byte*)NativeMemory.AllocZeroed(bytes + Alignment);
        _blocks.Add((nint)block);
        return (T*)(((nuint)block + Alignment - 1) & ~(Alignment - 1));
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            NativeMemory.Free((void*)block);
        }

        _blocks.Clear();
    }
}
