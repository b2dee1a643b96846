namespace MlTransfer.Features.Graphs.SavedModels;

/// <summary>A function that a SavedModel offers: named inputs and outputs.</summary>
/// <param name="Inputs">Inputs by the names that callers use.</param>
/// <param name="Outputs">Outputs likewise.</param>
public sealed record ModelSignature(IReadOnlyDictionary<string, SignatureTensor> Inputs, IReadOnlyDictionary<string, SignatureTensor> Outputs)
{
    /// <summary>The name under which TensorFlow Serving looks for the signature to call.</summary>
    public const string ServingName = "serving_default";
}
