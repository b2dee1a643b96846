namespace MlTransfer.Features.Cache;

/// <summary>What cached features are features of. Features of different keys are never mixed in one store.</summary>
/// <param name="BackboneId">Name of the graph for messages; two names of one graph are the same store.</param>
/// <param name="GraphSha256">SHA-256 of the graph's bytes, 64 hexadecimal digits.</param>
/// <param name="Tensor">The tensor (tap) whose values are stored, for example <c>bottleneck:0</c>, with its pooling where it is pooled.</param>
/// <param name="Dimension">Numbers a row, 1 to 2^24.</param>
/// <param name="Preprocessing">Everything that happens between an image's bytes and the graph's input, as one identifier.</param>
public sealed record FeatureStoreKey(string BackboneId, string GraphSha256, string Tensor, int Dimension, string Preprocessing)
{
    /// <summary>Longest row accepted.</summary>
    internal const int MaxDimension = 1 << 24;

    /// <summary>Whether both keys give the same features: graph, tensor, dimension and preprocessing agree; the name may differ.</summary>
    /// <param name="other">The key to compare with.</param>
    public bool Matches(FeatureStoreKey other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return GraphSha256.Equals(other.GraphSha256, StringComparison.OrdinalIgnoreCase)
            && Tensor.Equals(other.Tensor, StringComparison.Ordinal)
            && Dimension == other.Dimension
            && Preprocessing.Equals(other.Preprocessing, StringComparison.Ordinal);
    }

    /// <summary>The key in one line, for messages.</summary>
    public override string ToString() =>
        $"{BackboneId} (graph {(GraphSha256.Length > 12 ? GraphSha256[..12] : GraphSha256)}…), tensor {Tensor}, {Dimension} numbers, preprocessing {Preprocessing}";

    /// <summary>Refuses a key that could not be stored or told from others.</summary>
    internal FeatureStoreKey Checked()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(BackboneId);
        ArgumentException.ThrowIfNullOrWhiteSpace(Tensor);
        ArgumentException.ThrowIfNullOrWhiteSpace(Preprocessing);
        if (GraphSha256 is not { Length: 64 } || !GraphSha256.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException($"A graph's SHA-256 has 64 hexadecimal digits; '{GraphSha256}' was given.", nameof(GraphSha256));
        }

        return Dimension is >= 1 and <= MaxDimension
            ? this with { GraphSha256 = GraphSha256.ToLowerInvariant() }
            : throw new ArgumentException($"Rows have 1 to {MaxDimension} numbers; {Dimension} was given.", nameof(Dimension));
    }
}
