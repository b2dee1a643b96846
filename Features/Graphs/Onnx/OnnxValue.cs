using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>
/// A tensor of the graph on its way to ONNX. Images are NHWC in TensorFlow and NCHW in ONNX: a value has a name in either order or both, a Transpose
/// between them being made when the other is first asked for.
/// </summary>
internal sealed class OnnxValue
{
    /// <summary>What it is called in the graph ("node", or "node:1" for a further output).</summary>
    public required string Name { get; init; }

    /// <summary>Element type.</summary>
    public required DataType Type { get; init; }

    /// <summary>What is known of its shape, in TensorFlow's order.</summary>
    public required SymbolicShape Shape { get; init; }

    /// <summary>The value where it is known.</summary>
    public Tensor? Constant { get; init; }

    /// <summary>What is known of the elements of a scalar or vector of integers; else null.</summary>
    public IReadOnlyList<SymbolicExtent>? Elements { get; init; }

    /// <summary>Whether it was computed with the channels before rows and columns.</summary>
    public bool IsPlanar { get; init; }

    /// <summary>The name under which it is an output of the model, or null.</summary>
    public string? OutputName { get; init; }

    /// <summary>The ONNX name in TensorFlow's order of dimensions, once there is one.</summary>
    public string? Plain { get; set; }

    /// <summary>The ONNX name in NCHW order, once there is one.</summary>
    public string? Planar { get; set; }
}
