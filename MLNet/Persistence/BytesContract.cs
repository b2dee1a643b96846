using Microsoft.ML.Transforms;
using MlTransfer.ML.Extraction;

namespace MlTransfer.ML.Persistence;

/// <summary>Features of the bytes of an image file, by the network that the state names.</summary>
[CustomMappingFactoryAttribute(Name)]
internal sealed class BytesContract : CustomMappingFactory<BytesAndState, FeatureParts>
{
    public const string Name = "MlTransfer.BottleneckFeatures.Bytes.1";

    public override Action<BytesAndState, FeatureParts> GetMapping() => (row, parts) =>
    {
        var network = LoadedNetworks.Of(row.State);
        parts.Set(network.ComputeOne(new ImageContent("the image") { File = [.. row.Image.DenseValues()] }));
    };
}
