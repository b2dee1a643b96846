namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>How an ONNX file keeps weights.</summary>
public enum OnnxWeights
{
    /// <summary>As 32-bit floats; batch norms and biases are folded in, rounded once. The default.</summary>
    Float,

    /// <summary>
    /// As 8-bit integers, turned into floats by nodes (Cast, Mul, Add) that runtimes fold while loading, so that the model is a quarter of the size
    /// and computes as fast. Weights that the graph itself keeps as quint8 (Dequantize, MIN_COMBINED) go over as they are, without loss; float
    /// weights of convolutions and products of at least 65,536 elements are rounded, channel by channel, by at most (max − min) / 510.
    /// </summary>
    UInt8,
}
