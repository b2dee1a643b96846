namespace MlTransfer.Features.Graphs.Descriptions;

/// <summary>A tensor that may serve as features.</summary>
/// <param name="Tensor">Its name, "bottleneck:0".</param>
/// <param name="Reason">Why it may, in words for a user.</param>
public sealed record BottleneckCandidate(string Tensor, string Reason);
