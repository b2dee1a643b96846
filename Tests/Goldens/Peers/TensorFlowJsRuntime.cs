namespace MlTransfer.Goldens.Peers;

/// <summary>TensorFlow.js in plain JavaScript (package @tensorflow/tfjs), which runs what is exported; a model is a folder.</summary>
public sealed class TensorFlowJsRuntime() : PeerRuntime("run-tfjs.cjs")
{
    /// <summary>Why it can not run here; null if it can.</summary>
    public static string? WhyMissing => NodeProgram.WhyMissing("@tensorflow/tfjs");
}
