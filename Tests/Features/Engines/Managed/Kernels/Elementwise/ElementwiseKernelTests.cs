using MlTransfer.Features.Engines.Managed.Kernels.Elementwise;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Elementwise;

/// <summary>Operations on single elements at every register width against the formula itself.</summary>
public unsafe class ElementwiseKernelTests
{
    public static TheoryData<int, int> Cases
    {
        get
        {
            var cases = new TheoryData<int, int>();
            foreach (var width in LaneWidths.All)
            {
                foreach (var kind in Enum.GetValues<ElementwiseKind>())
                {
                    cases.Add((int)width, (int)kind);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Elementwise_IsTheFormula(int width, int kindNumber)
    {
        const int pixels = 10;
        const int channels = 21;
        var kind = (ElementwiseKind)kindNumber;
        float[] x = KernelNumbers.Random(pixels * channels, 1), y = KernelNumbers.Random(pixels / 2 * channels, 2);
        (x[3], x[4], x[5]) = (float.NaN, float.PositiveInfinity, -0f);
        float[] scale = KernelNumbers.Random(channels, 3), shift = KernelNumbers.Random(channels, 4);
        using NativeBuffer scales = NativeBuffer.Of(scale), shifts = NativeBuffer.Of(shift);
        using KernelMap first = KernelMap.Of(x, channels, 3), second = KernelMap.Of(y, channels, 1), to = new(pixels, channels, 2, 1);
        using var pool = new WorkerPool(2);
        var work = ElementwiseWork.Create((LaneWidth)width, kind, pixels, channels, scales.Floats, shifts.Floats, -0.5f, 0.75f);
        (work.Input, work.Other, work.Output, work.PixelsPerOther) = (first.View, second.View, to.View, 2);
        pool.Run(work, CancellationToken.None);
        var got = to.Read();
        for (var i = 0; i < got.Length; i++)
        {
            var (channel, other) = (i % channels, y[(i / channels / 2 * channels) + (i % channels)]);
            var value = kind switch
            {
                ElementwiseKind.Copy => x[i],
                ElementwiseKind.Affine => ((double)x[i] * scale[channel]) + shift[channel],
                ElementwiseKind.Add => x[i] + other,
                ElementwiseKind.Subtract => x[i] - other,
                ElementwiseKind.Multiply => x[i] * other,
                _ => x[i] / other,
            };
            var want = double.IsNaN(value) ? double.NaN : Math.Clamp(value, -0.5, 0.75);
            Assert.True(double.IsNaN(want) ? float.IsNaN(got[i]) : Math.Abs(got[i] - want) <= (kind == ElementwiseKind.Affine ? 3e-7 : 0), $"element {i}: got {got[i]:R}, wanted {want:R}");
        }
    }
}
