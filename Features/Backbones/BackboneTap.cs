namespace MlTransfer.Features.Backbones;

/// <summary>A tensor of a backbone that serves as features.</summary>
/// <param name="Name">Name a user types: "bottleneck", "mixed8".</param>
/// <param name="Tensor">The graph's tensor, "node:index". A map [N,H,W,C] is averaged over H and W to C numbers an image.</param>
/// <param name="Dimension">Features an image.</param>
/// <param name="IsMap">Whether it is a map.</param>
public sealed record BackboneTap(string Name, string Tensor, int Dimension, bool IsMap);
