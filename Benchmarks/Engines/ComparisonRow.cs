namespace MlTransfer.Benchmarks.Engines;

/// <summary>One line of the table.</summary>
/// <param name="Name">What is compared, with its unit.</param>
/// <param name="Ours">The managed engine's median.</param>
/// <param name="Peer">The peer's median; null where it could not run.</param>
/// <param name="Ratio">How many times better ours is; above 1 is better whatever the unit. Null where there is no peer.</param>
/// <param name="Target">What the ratio must reach; null where nothing is asked.</param>
internal sealed record ComparisonRow(string Name, double Ours, double? Peer, double? Ratio, double? Target);
