namespace MlTransfer.Features.Cache;

/// <summary>One thing that is wrong with a feature cache.</summary>
/// <param name="File">The file of the cache's folder.</param>
/// <param name="Row">The row of the matrix, or null when no single row is meant.</param>
/// <param name="Paths">The images concerned; empty when none is known.</param>
/// <param name="Message">What is wrong, in a sentence.</param>
public sealed record CacheFault(string File, int? Row, IReadOnlyList<string> Paths, string Message);
