using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Elementwise;

/// <summary>An operation on each element, a register of channels at a time.</summary>
/// <remarks>All widths agree bit for bit, but for Affine, which rounds once where the processor can: |difference| ≤ 2⁻²³·(|x·scale| + |shift|).</remarks>
internal sealed unsafe class Elementwise<TLanes>(ElementwiseKind kind, int pixels, int channels, float* scale, float* shift, float low, float high) : ElementwiseWork
    where TLanes : struct, ILanes<TLanes>
{
    private const int ElementsInItem = 16384;

    private readonly int _pixelsInItem = Math.Max(1, ElementsInItem / Math.Max(1, channels));

    /// <inheritdoc/>
    public override int Items => (pixels + _pixelsInItem - 1) / _pixelsInItem;

    /// <inheritdoc/>
    public override void Execute(int item, void* scratch)
    {
        var first = item * _pixelsInItem;
        var end = Math.Min(first + _pixelsInItem, pixels);
        switch (kind)
        {
            case ElementwiseKind.Copy:
                Run<Copy>(first, end);
                break;
            case ElementwiseKind.Affine:
                Run<Affine>(first, end);
                break;
            case ElementwiseKind.Add:
                Run<Add>(first, end);
                break;
            case ElementwiseKind.Subtract:
                Run<Subtract>(first, end);
                break;
            case ElementwiseKind.Multiply:
                Run<Multiply>(first, end);
                break;
            default:
                Run<Divide>(first, end);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TFormula>(int first, int end)
        where TFormula : IFormula
    {
        for (var pixel = first; pixel < end; pixel++)
        {
            var x = Input.Data + ((nint)pixel * Input.Pitch);
            var y = TFormula.HasOther ? Other.Data + ((nint)(pixel / PixelsPerOther) * Other.Pitch) : scale;
            var target = Output.Data + ((nint)pixel * Output.Pitch);
            var channel = 0;
            for (; channel + TLanes.Count <= channels; channel += TLanes.Count)
            {
                TLanes.Store(target + channel, Element<TFormula, TLanes>(x + channel, y + channel, shift + channel));
            }

            for (; channel < channels; channel++)
            {
                ScalarLanes.Store(target + channel, Element<TFormula, ScalarLanes>(x + channel, y + channel, shift + channel));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TWidth Element<TFormula, TWidth>(float* x, float* y, float* z)
        where TFormula : IFormula
        where TWidth : struct, ILanes<TWidth> =>
        TWidth.Min(TWidth.Broadcast(high), TWidth.Max(TWidth.Broadcast(low), TFormula.Apply<TWidth>(x, y, z)));

    private interface IFormula
    {
        static abstract bool HasOther { get; }

        static abstract TWidth Apply<TWidth>(float* x, float* y, float* z)
            where TWidth : struct, ILanes<TWidth>;
    }

    private readonly struct Copy : IFormula
    {
        public static bool HasOther => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWidth Apply<TWidth>(float* x, float* y, float* z)
            where TWidth : struct, ILanes<TWidth> => TWidth.Load(x);
    }

    private readonly struct Affine : IFormula
    {
        public static bool HasOther => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWidth Apply<TWidth>(float* x, float* y, float* z)
            where TWidth : struct, ILanes<TWidth> => TWidth.MultiplyAdd(TWidth.Load(x), TWidth.Load(y), TWidth.Load(z));
    }

    private readonly struct Add : IFormula
    {
        public static bool HasOther => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWidth Apply<TWidth>(float* x, float* y, float* z)
            where TWidth : struct, ILanes<TWidth> => TWidth.Add(TWidth.Load(x), TWidth.Load(y));
    }

    private readonly struct Subtract : IFormula
    {
        public static bool HasOther => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWidth Apply<TWidth>(float* x, float* y, float* z)
            where TWidth : struct, ILanes<TWidth> => TWidth.Subtract(TWidth.Load(x), TWidth.Load(y));
    }

    private readonly struct Multiply : IFormula
    {
        public static bool HasOther => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWidth Apply<TWidth>(float* x, float* y, float* z)
            where TWidth : struct, ILanes<TWidth> => TWidth.Multiply(TWidth.Load(x), TWidth.Load(y));
    }

    private readonly struct Divide : IFormula
    {
        public static bool HasOther => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TWidth Apply<TWidth>(float* x, float* y, float* z)
            where TWidth : struct, ILanes<TWidth> => TWidth.Divide(TWidth.Load(x), TWidth.Load(y));
    }
}
