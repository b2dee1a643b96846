namespace MlTransfer.Features.Graphs.Exports;

/// <summary>Formats in which a network is handed to other programs.</summary>
public enum ExportFormat
{
    /// <summary>A frozen TensorFlow graph: one file, binary GraphDef.</summary>
    FrozenGraph,

    /// <summary>A TensorFlow SavedModel: a folder, with a signature for serving.</summary>
    SavedModel,

    /// <summary>An ONNX model: one file.</summary>
    Onnx,

    /// <summary>A TensorFlow.js layers model: a folder with model.json and files of weights.</summary>
    TensorFlowJsLayers,

    /// <summary>A TensorFlow.js graph model, for graphs that layers can not say: a folder likewise.</summary>
    TensorFlowJsGraph,
}
