using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// What a <see cref="PixelScaling"/> does to a sample x of channel c: <c>((x ∘ First) + Offset[c]) ∘ Last[c]</c>, where ∘ multiplies or
/// divides. Neutral elements (1, and −0 for the sum, which keeps even the sign of zero) stand for a step that is not there.
/// </summary>
internal sealed class PixelFormula
{
    private const float NoOffset = -0f;
    private readonly float _first;
    private readonly bool _firstDivides;
    private readonly float[] _offset;
    private readonly float[] _last;
    private readonly bool _lastDivides;

    /// <summary>Three channels' constants repeated so that a vector of any width can be loaded at any of the three phases.</summary>
    private readonly float[] _offsets;
    private readonly float[] _lasts;

    private PixelFormula(float first, bool firstDivides, float[] offset, float[] last, bool lastDivides, bool swapsRedAndBlue = false)
    {
        _first = first;
        _firstDivides = firstDivides;
        _offset = offset;
        _last = last;
        _lastDivides = lastDivides;
        SwapsRedAndBlue = swapsRedAndBlue;
        _offsets = Repeat(offset);
        _lasts = Repeat(last);
    }

    /// <summary>Whether the channels come out as BGR.</summary>
    public bool SwapsRedAndBlue { get; }

    /// <summary>
    /// The steps as TensorFlow's operations with their second operand, for a graph that does the same after a swap of red and blue; neutral ones are
    /// left out, and a scalar stands for three equal numbers.
    /// </summary>
    public IEnumerable<(string Op, Tensor Operand)> Steps
    {
        get
        {
            if (_first != 1)
            {
                yield return (_firstDivides ? "RealDiv" : "Mul", Operand(Same(_first)));
            }

            if (Array.Exists(_offset, offset => offset != 0))
            {
                // x − y and x + (−y) are the same number.
                yield return ("Sub", Operand(Array.ConvertAll(_offset, offset => -offset)));
            }

            if (Array.Exists(_last, last => last != 1))
            {
                yield return (_lastDivides ? "RealDiv" : "Mul", Operand(_last));
            }
        }
    }

    /// <summary>The formula of a scaling; null for none and for those that need statistics of the whole image.</summary>
    public static PixelFormula? Of(PixelScaling scaling) => scaling switch
    {
        PixelScaling.None or PixelScaling.PerImageStandardization => null,
        PixelScaling.Inception => InceptionFormula,
        PixelScaling.ZeroOne => ZeroOneFormula,
        PixelScaling.Caffe => CaffeFormula,
        PixelScaling.Torch => TorchFormula,
        PixelScaling.ZeroOneMultiplied => ZeroOneMultipliedFormula,
        PixelScaling.InceptionSlim => InceptionSlimFormula,
        PixelScaling.InceptionRescaling => InceptionRescalingFormula,
        PixelScaling.Subtract127AndHalf => Subtract127AndHalfFormula,
        PixelScaling.Subtract128 => Subtract128Formula,
        _ => throw new ArgumentOutOfRangeException(nameof(scaling), scaling, "No pixel scaling has this number."),
    };

    private static readonly PixelFormula InceptionFormula = new(127.5f, true, Same(-1f), Same(1f), false);
    private static readonly PixelFormula ZeroOneFormula = new(255f, true, Same(NoOffset), Same(1f), false);

    // Means and deviations of ImageNet, as in keras.applications.imagenet_utils.
    private static readonly PixelFormula CaffeFormula = new(1f, false, [-103.939f, -116.779f, -123.68f], Same(1f), false, true);
    private static readonly PixelFormula TorchFormula = new(255f, true, [-0.485f, -0.456f, -0.406f], [0.229f, 0.224f, 0.225f], true);
    private static readonly PixelFormula ZeroOneMultipliedFormula = new(1f / 255f, false, Same(NoOffset), Same(1f), false);
    private static readonly PixelFormula InceptionSlimFormula = new(1f / 255f, false, Same(-0.5f), Same(2f), false);
    private static readonly PixelFormula InceptionRescalingFormula = new((float)(1 / 127.5), false, Same(-1f), Same(1f), false);
    private static readonly PixelFormula Subtract127AndHalfFormula = new(1f, false, Same(-127.5f), Same(127.5f), true);
    private static readonly PixelFormula Subtract128Formula = new(1f, false, Same(-128f), Same(128f), true);

    /// <summary>The formula (x − mean) / divisor, the same for every channel.</summary>
    public static PixelFormula Standardization(float mean, float divisor) => new(1f, false, Same(-mean), Same(divisor), true);

    /// <summary>Applies the formula in place to interleaved samples of three channels, with the widest vectors of the machine.</summary>
    public void Apply(Span<float> samples)
    {
        if (SwapsRedAndBlue)
        {
            Swap(samples);
        }

        if (Vector512.IsHardwareAccelerated)
        {
            Apply512(samples);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Apply256(samples);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Apply128(samples);
        }
        else
        {
            ApplyScalar(samples, 0);
        }
    }

    /// <summary>Applies the formula in place to samples of one channel.</summary>
    /// <param name="samples">The samples of the channel.</param>
    /// <param name="channel">Which channel of the result they are, 0…2; the caller has swapped planes where <see cref="SwapsRedAndBlue"/>.</param>
    public void ApplyPlane(Span<float> samples, int channel)
    {
        foreach (ref var sample in samples)
        {
            sample = Value(sample, channel);
        }
    }

    internal void ApplyScalar(Span<float> samples, int start)
    {
        var channel = start % 3;
        for (var i = start; i < samples.Length; i++)
        {
            samples[i] = Value(samples[i], channel);
            channel = channel == 2 ? 0 : channel + 1;
        }
    }

    internal void Apply512(Span<float> samples)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var offset = ref MemoryMarshal.GetArrayDataReference(_offsets);
        ref var last = ref MemoryMarshal.GetArrayDataReference(_lasts);
        var first = Vector512.Create(_first);
        var i = 0;
        for (; i <= samples.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var phase = (nuint)(i % 3);
            var x = Vector512.LoadUnsafe(ref sample, (nuint)i);
            x = _firstDivides ? x / first : x * first;
            x += Vector512.LoadUnsafe(ref offset, phase);
            var factor = Vector512.LoadUnsafe(ref last, phase);
            x = _lastDivides ? x / factor : x * factor;
            x.StoreUnsafe(ref sample, (nuint)i);
        }

        ApplyScalar(samples, i);
    }

    internal void Apply256(Span<float> samples)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var offset = ref MemoryMarshal.GetArrayDataReference(_offsets);
        ref var last = ref MemoryMarshal.GetArrayDataReference(_lasts);
        var first = Vector256.Create(_first);
        var i = 0;
        for (; i <= samples.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var phase = (nuint)(i % 3);
            var x = Vector256.LoadUnsafe(ref sample, (nuint)i);
            x = _firstDivides ? x / first : x * first;
            x += Vector256.LoadUnsafe(ref offset, phase);
            var factor = Vector256.LoadUnsafe(ref last, phase);
            x = _lastDivides ? x / factor : x * factor;
            x.StoreUnsafe(ref sample, (nuint)i);
        }

        ApplyScalar(samples, i);
    }

    internal void Apply128(Span<float> samples)
    {
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var offset = ref MemoryMarshal.GetArrayDataReference(_offsets);
        ref var last = ref MemoryMarshal.GetArrayDataReference(_lasts);
        var first = Vector128.Create(_first);
        var i = 0;
        for (; i <= samples.Length - Vector128<float>.Count; i += Vector128<float>.Count)
        {
            var phase = (nuint)(i % 3);
            var x = Vector128.LoadUnsafe(ref sample, (nuint)i);
            x = _firstDivides ? x / first : x * first;
            x += Vector128.LoadUnsafe(ref offset, phase);
            var factor = Vector128.LoadUnsafe(ref last, phase);
            x = _lastDivides ? x / factor : x * factor;
            x.StoreUnsafe(ref sample, (nuint)i);
        }

        ApplyScalar(samples, i);
    }

    private static void Swap(Span<float> samples)
    {
        for (var i = 0; i + 2 < samples.Length; i += 3)
        {
            (samples[i], samples[i + 2]) = (samples[i + 2], samples[i]);
        }
    }

    private static Tensor Operand(float[] channels) => channels[0] == channels[1] && channels[1] == channels[2]
        ? Tensor.From(TensorShape.Scalar, new[] { channels[0] })
        : Tensor.From(new TensorShape(3), channels);

    private static float[] Same(float value) => [value, value, value];

    private static float[] Repeat(float[] channels)
    {
        var repeated = new float[Vector512<float>.Count + 2];
        for (var i = 0; i < repeated.Length; i++)
        {
            repeated[i] = channels[i % 3];
        }

        return repeated;
    }

    private float Value(float sample, int channel)
    {
        var x = _firstDivides ? sample / _first : sample * _first;
        x += _offset[channel];
        return _lastDivides ? x / _last[channel] : x * _last[channel];
    }
}
