using System.Runtime.CompilerServices;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>F(1, 1): a dimension along which the window has one tap.</summary>
internal readonly unsafe struct Untransformed : IToomCook
{
    /// <inheritdoc/>
    public static int Outputs => 1;

    /// <inheritdoc/>
    public static int Taps => 1;

    /// <inheritdoc/>
    public static int Points => 1;

    /// <inheritdoc/>
    public static ReadOnlySpan<double> FinitePoints => [];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Input<TLanes, TSource>(TSource source, float* target, nint step) => TLanes.Store(target, source.At(0));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Output<TLanes>(SteppedSource<TLanes> source, TLanes addend, float* target, nint step) =>
        TLanes.Store(target, TLanes.Add(source.At(0), addend));
}
