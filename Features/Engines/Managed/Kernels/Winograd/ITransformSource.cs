using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>Where a one-dimensional transform reads its values from.</summary>
/// <typeparam name="TLanes">Register of neighbouring channels.</typeparam>
internal interface ITransformSource<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>One value for each channel of the register.</summary>
    TLanes At(int index);
}
