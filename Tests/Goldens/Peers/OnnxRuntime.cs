namespace MlTransfer.Goldens.Peers;

/// <summary>ONNX Runtime (package onnxruntime-node), which runs what is exported.</summary>
public sealed class OnnxRuntime() : PeerRuntime("run-onnx.cjs")
{
    /// <summary>Why it can not run here; null if it can.</summary>
    public static string? WhyMissing => NodeProgram.WhyMissing("onnxruntime-node");
}
