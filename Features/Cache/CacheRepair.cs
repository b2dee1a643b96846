namespace MlTransfer.Features.Cache;

/// <summary>What mending a feature cache did.</summary>
/// <param name="Before">What was wrong.</param>
/// <param name="Dropped">Images whose rows were damaged and are no longer in the cache; extract again to have them.</param>
/// <param name="Notices">What else was done, one sentence each.</param>
public sealed record CacheRepair(CacheVerification Before, IReadOnlyList<string> Dropped, IReadOnlyList<string> Notices);
