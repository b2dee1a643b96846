using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace MlTransfer.Features.Engines.Managed.Memory;

/// <summary>Memory outside the garbage collector's heap, aligned to a cache line; freed on disposal, else by its finalizer.</summary>
internal sealed unsafe class NativeBuffer : CriticalFinalizerObject, IDisposable
{
    private const nuint Alignment = 64;
    private void* _memory;

    /// <summary>Allocates.</summary>
    /// <param name="bytes">Size; 0 is allowed.</param>
    /// <exception cref="OutOfMemoryException">There is not as much.</exception>
    public NativeBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        _memory = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment);
        GC.AddMemoryPressure(Math.Max(bytes, 1));
    }

    /// <summary>Frees what was not disposed of.</summary>
    ~NativeBuffer() => Free();

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>The memory as floats.</summary>
    public float* Floats => (float*)_memory;

    /// <summary>The memory.</summary>
    public void* Pointer => _memory;

    /// <summary>Allocates room for floats and sets them to zero.</summary>
    public static NativeBuffer OfZeros(long floats)
    {
        var buffer = new NativeBuffer(floats * sizeof(float));
        NativeMemory.Clear(buffer._memory, (nuint)buffer.Bytes);
        return buffer;
    }

    /// <summary>A copy of some floats.</summary>
    public static NativeBuffer Of(ReadOnlySpan<float> values)
    {
        var buffer = new NativeBuffer((long)values.Length * sizeof(float));
        values.CopyTo(new Span<float>(buffer._memory, values.Length));
        return buffer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_memory != null)
        {
            NativeMemory.AlignedFree(_memory);
            _memory = null;
            GC.RemoveMemoryPressure(Math.Max(Bytes, 1));
        }
    }
}
