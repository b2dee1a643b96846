using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>Values that lie the same number of floats apart.</summary>
internal readonly unsafe struct SteppedSource<TLanes>(float* first, nint step) : ITransformSource<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes At(int index) => TLanes.Load(first + (index * step));
}
