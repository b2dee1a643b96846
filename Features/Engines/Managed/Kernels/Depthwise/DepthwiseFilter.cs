using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Kernels.Depthwise;

/// <summary>The weights of a depthwise convolution, tap by tap: [taps, inChannels × multiplier], and a bias for each output channel.</summary>
internal sealed unsafe class DepthwiseFilter : IDisposable
{
    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;
    private readonly NativeBuffer _zeros;

    /// <summary>Copies weights.</summary>
    /// <param name="weights">[kernelHeight, kernelWidth, inChannels, multiplier].</param>
    /// <param name="scale">Factor for each output channel, or empty for 1.</param>
    /// <param name="bias">Bias for each output channel, or empty for 0.</param>
    /// <param name="multiplier">Output channels for each input channel.</param>
    /// <param name="outChannels">Output channels.</param>
    public DepthwiseFilter(ReadOnlySpan<float> weights, ReadOnlySpan<float> scale, ReadOnlySpan<float> bias, int multiplier, int outChannels)
    {
        Multiplier = multiplier;
        _weights = NativeBuffer.Of(weights);
        _bias = NativeBuffer.OfZeros(outChannels);
        _zeros = NativeBuffer.OfZeros(outChannels);
        bias.CopyTo(new Span<float>(_bias.Floats, outChannels));
        if (!scale.IsEmpty)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                _weights.Floats[i] *= scale[i % outChannels];
            }
        }
    }

    /// <summary>Output channels for each input channel.</summary>
    public int Multiplier { get; }

    /// <summary>The weights.</summary>
    public float* Weights => _weights.Floats;

    /// <summary>The biases.</summary>
    public float* Bias => _bias.Floats;

    /// <summary>As many zeros as there are output channels.</summary>
    public float* Zeros => _zeros.Floats;

    /// <summary>Bytes held.</summary>
    public long Bytes => _weights.Bytes + _bias.Bytes + _zeros.Bytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
        _zeros.Dispose();
    }
}
