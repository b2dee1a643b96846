using Microsoft.ML.Transforms;
using MlTransfer.ML.Extraction;

namespace MlTransfer.ML.Persistence;

/// <summary>Features of the image file that a path names, by the network that the state names.</summary>
[CustomMappingFactoryAttribute(Name)]
internal sealed class PathContract : CustomMappingFactory<PathAndState, FeatureParts>
{
    public const string Name = "MlTransfer.BottleneckFeatures.Path.1";

    public override Action<PathAndState, FeatureParts> GetMapping() => (row, parts) =>
    {
        var network = LoadedNetworks.Of(row.State);
        parts.Set(network.ComputeOne(new ImageContent(row.Image.ToString()) { Path = LoadedNetworks.FullPath(row.Image.ToString()) }));
    };
}
