using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>Values under a row of pointers, one to each input pixel.</summary>
internal readonly unsafe struct ScatteredSource<TLanes>(float** pixels, nint channel) : ITransformSource<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes At(int index) => TLanes.Load(pixels[index] + channel);
}
