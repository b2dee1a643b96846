using MlTransfer.Features.Backbones;

namespace MlTransfer.Trainers.Export;

/// <summary>How a classifier is put together for export.</summary>
public sealed record ClassifierExportOptions
{
    /// <summary>What it takes. Default <see cref="BackboneInput.Pixels"/>; JPEG bytes are for TensorFlow's formats.</summary>
    public BackboneInput Input { get; init; } = BackboneInput.Pixels;

    /// <summary>Name of the output node; default retrain.py's, <c>final_result</c>.</summary>
    public string OutputName { get; init; } = ClassifierExport.DefaultOutputName;
}
