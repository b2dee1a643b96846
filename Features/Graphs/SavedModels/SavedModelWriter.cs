using Google.Protobuf;
using MlTransfer.Datasets.Files;
using MlTransfer.Features.Graphs.TensorFlow;

namespace MlTransfer.Features.Graphs.SavedModels;

/// <summary>
/// Writes a frozen graph as a TensorFlow SavedModel: a folder with <c>saved_model.pb</c> (schema version 1, one graph tagged <c>serve</c>, signatures
/// for TensorFlow Serving) and an empty <c>variables</c> folder, as TensorFlow itself leaves it for a model without variables.
/// </summary>
/// <remarks>
/// Loaders restore variables only where <c>variables/variables.index</c> is there, so a model of constants needs none. Source:
/// tensorflow/core/protobuf/saved_model.proto, tensorflow/cc/saved_model/loader.cc. Stateless, hence thread-safe.
/// </remarks>
public static class SavedModelWriter
{
    /// <summary>Name of the file in the folder.</summary>
    public const string FileName = "saved_model.pb";

    private const int SchemaVersion = 1;
    private const string ServeTag = "serve";
    private const string PredictMethod = "tensorflow/serving/predict";

    /// <summary>The version of TensorFlow that is stated: the first whose operations cover what this library writes.</summary>
    private const string TensorFlowVersion = "1.15.0";

    /// <summary>Writes the folder, whole or not at all.</summary>
    /// <param name="folder">The folder; one that holds a SavedModel is replaced, another one that is not empty is refused.</param>
    /// <param name="model">The graph, without functions, and its signatures.</param>
    /// <param name="extraFiles">Further files of the folder, by name.</param>
    /// <exception cref="IOException">The folder is in use for something else, or can not be written.</exception>
    /// <exception cref="NotSupportedException">The graph has functions.</exception>
    public static void Write(string folder, SavedModel model, IReadOnlyDictionary<string, byte[]>? extraFiles = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(model);
        var meta = new MetaGraphDef
        {
            MetaInfoDef = new MetaGraphDef.Types.MetaInfoDef { TensorflowVersion = TensorFlowVersion },
            GraphDef = GraphDefWriter.ToGraphDef(model.Graph),
        };
        meta.MetaInfoDef.Tags.Add(ServeTag);
        foreach (var (name, signature) in model.Signatures.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var definition = new SignatureDef { MethodName = PredictMethod };
            AddAll(definition.Inputs, signature.Inputs);
            AddAll(definition.Outputs, signature.Outputs);
            meta.SignatureDef.Add(name, definition);
        }

        var file = new SavedModelProto { SavedModelSchemaVersion = SchemaVersion };
        file.MetaGraphs.Add(meta);
        WholeFolder.Write(folder, FileName, temporary =>
        {
            Directory.CreateDirectory(Path.Combine(temporary, "variables"));
            foreach (var (name, content) in extraFiles ?? new Dictionary<string, byte[]>())
            {
                WholeFile.Write(Path.Combine(temporary, name), content);
            }

            WholeFile.Write(Path.Combine(temporary, FileName), stream => file.WriteTo(stream));
        });
    }

    private static void AddAll(Google.Protobuf.Collections.MapField<string, TensorInfo> target, IReadOnlyDictionary<string, SignatureTensor> tensors)
    {
        foreach (var (name, tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            target.Add(name, new TensorInfo { Name = tensor.Tensor, Dtype = (int)tensor.Type, TensorShape = GraphDefWriter.ToShapeProto(tensor.Shape) });
        }
    }
}
