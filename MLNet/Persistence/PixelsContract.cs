using Microsoft.ML.Transforms;
using MlTransfer.ML.Extraction;

namespace MlTransfer.ML.Persistence;

/// <summary>Features of a decoded image, by the network that the state names.</summary>
[CustomMappingFactoryAttribute(Name)]
internal sealed class PixelsContract : CustomMappingFactory<PixelsAndState, FeatureParts>
{
    public const string Name = "MlTransfer.BottleneckFeatures.Pixels.1";

    public override Action<PixelsAndState, FeatureParts> GetMapping() => (row, parts) =>
    {
        var network = LoadedNetworks.Of(row.State);
        parts.Set(network.ComputeOne(new ImageContent("the image") { Pixels = row.Image is null ? null : ImageContentReader.ToRgb(row.Image) }));
    };
}
