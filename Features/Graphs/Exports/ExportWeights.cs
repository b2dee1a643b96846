namespace MlTransfer.Features.Graphs.Exports;

/// <summary>How an exported network keeps its weights.</summary>
public enum ExportWeights
{
    /// <summary>As 32-bit floats. The default. (TensorFlow's own formats keep what the graph has.)</summary>
    Float,

    /// <summary>
    /// As 8-bit integers, a quarter of the size. Weights that the graph keeps as quint8 go over without loss; other weights of convolutions and products
    /// of at least 65,536 elements are rounded, by at most a 255th of their range (a channel's in ONNX, a tensor's in TensorFlow.js); smaller ones stay floats.
    /// </summary>
    UInt8,
}
