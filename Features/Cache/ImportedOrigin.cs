using System.Security.Cryptography;
using System.Text;

namespace MlTransfer.Features.Cache;

/// <summary>Keys of features that another program computed with a graph that is not known here.</summary>
/// <remarks>
/// A name that the user gives stands for the network: features under one name go into one store. Without a name, the digest of the source stands where the graph's
/// would, so that each source has a store of its own. Stateless, hence thread-safe.
/// </remarks>
public static class ImportedOrigin
{
    private const string Prefix = "imported:";
    private const string Tensor = "imported";
    private const string Preprocessing = "unknown";

    /// <summary>The key of features of a network that the user names.</summary>
    /// <param name="network">The name, for example <c>vgg16</c>.</param>
    /// <param name="dimension">Numbers a row.</param>
    public static FeatureStoreKey OfNetwork(string network, int dimension) => new(Prefix + network, DigestOf(Prefix + network), Tensor, dimension, Preprocessing);

    /// <summary>The key of features of a source about which nothing else is known.</summary>
    /// <param name="source">The source's name, for messages.</param>
    /// <param name="digest">SHA-256 of what was read, 64 hexadecimal digits.</param>
    /// <param name="dimension">Numbers a row.</param>
    public static FeatureStoreKey OfSource(string source, string digest, int dimension) => new(Prefix + source, digest, Tensor, dimension, Preprocessing);

    /// <summary>Whether a head or a store is of features whose graph is not known.</summary>
    /// <param name="backboneId">Its backbone id.</param>
    /// <param name="preprocessing">Its preprocessing.</param>
    public static bool IsImported(string backboneId, string preprocessing)
    {
        ArgumentNullException.ThrowIfNull(backboneId);
        return preprocessing == Preprocessing && backboneId.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>Whether the network was named by the user (<see cref="OfNetwork"/>).</summary>
    /// <param name="backboneId">The backbone id.</param>
    /// <param name="graphSha256">What stands where the graph's digest would.</param>
    public static bool IsNamed(string backboneId, string graphSha256)
    {
        ArgumentNullException.ThrowIfNull(backboneId);
        return backboneId.StartsWith(Prefix, StringComparison.Ordinal) && DigestOf(backboneId).Equals(graphSha256, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The name of the network or the source, without the mark of an import.</summary>
    /// <param name="backboneId">The backbone id.</param>
    public static string NameOf(string backboneId)
    {
        ArgumentNullException.ThrowIfNull(backboneId);
        return backboneId.StartsWith(Prefix, StringComparison.Ordinal) ? backboneId[Prefix.Length..] : backboneId;
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
