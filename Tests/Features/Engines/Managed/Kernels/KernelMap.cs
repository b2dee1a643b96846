using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels;

/// <summary>A map in native memory whose pixels lie further apart than they have channels, with sentinels in the gaps.</summary>
internal sealed unsafe class KernelMap : IDisposable
{
    private const float Sentinel = 12345.5f;
    private readonly NativeBuffer _buffer;
    private readonly int _pixels;
    private readonly int _channels;
    private readonly int _pitch;
    private readonly int _first;

    public KernelMap(int pixels, int channels, int gap, int first = 0)
    {
        (_pixels, _channels, _pitch, _first) = (pixels, channels, channels + gap, first);
        _buffer = new NativeBuffer((((long)pixels * _pitch) + first + 16) * sizeof(float));
        new Span<float>(_buffer.Pointer, (int)(_buffer.Bytes / sizeof(float))).Fill(Sentinel);
    }

    public MapView View => new(_buffer.Floats + _first, _pitch);

    public static KernelMap Of(float[] values, int channels, int gap)
    {
        var map = new KernelMap(values.Length / Math.Max(1, channels), channels, gap);
        for (var i = 0; i < values.Length; i++)
        {
            map.View.Data[(i / channels * map._pitch) + (i % channels)] = values[i];
        }

        return map;
    }

    /// <summary>The map without gaps; fails if a gap was written to.</summary>
    public float[] Read()
    {
        var values = new float[_pixels * _channels];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = View.Data[(i / _channels * _pitch) + (i % _channels)];
        }

        for (var pixel = 0; pixel < _pixels; pixel++)
        {
            for (var gap = _channels; gap < _pitch; gap++)
            {
                Assert.Equal(Sentinel, View.Data[(pixel * _pitch) + gap]);
            }
        }

        for (var before = 0; before < _first; before++)
        {
            Assert.Equal(Sentinel, _buffer.Floats[before]);
        }

        return values;
    }

    public void Dispose() => _buffer.Dispose();
}
