namespace MlTransfer.Features.Cache;

/// <summary>What checking every byte of a feature cache found.</summary>
public sealed record CacheVerification
{
    /// <summary>Full path of the cache's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The key, when it could be read.</summary>
    public FeatureStoreKey? Key { get; init; }

    /// <summary>Rows whose checksum was compared.</summary>
    public int RowsChecked { get; init; }

    /// <summary>Images in the index.</summary>
    public int Entries { get; init; }

    /// <summary>Everything that is wrong; empty for a sound cache.</summary>
    public required IReadOnlyList<CacheFault> Faults { get; init; }

    /// <summary>What is not wrong but worth knowing: a write that did not end, rows that no path uses.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Faults.Count == 0;
}
