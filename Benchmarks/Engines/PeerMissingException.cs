namespace MlTransfer.Benchmarks.Engines;

/// <summary>A peer is not installed or will not run; the comparison goes on without it and says so.</summary>
internal sealed class PeerMissingException(string message, Exception? inner = null) : Exception(message, inner);
