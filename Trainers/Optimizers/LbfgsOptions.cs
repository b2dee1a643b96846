namespace MlTransfer.Trainers.Optimizers;

/// <summary>When <see cref="LbfgsMinimizer"/> and <see cref="OwlqnMinimizer"/> stop, and how much they remember.</summary>
/// <param name="MaxIterations">Most iterations.</param>
/// <param name="Memory">Pairs of steps and gradient changes kept.</param>
/// <param name="StrongConvexity">A lower bound of the curvature, for the proof that the optimum is near; zero when there is none.</param>
/// <param name="RelativeGap">Stop when ‖gradient‖² / (2 · StrongConvexity) is at most this share of the value.</param>
/// <param name="RelativeGradient">
/// Stop when ‖gradient‖ is at most this share of <paramref name="ReferenceNorm"/> and, where there is a strong convexity, the value has come to rest.
/// </param>
/// <param name="ReferenceNorm">What the gradient's norm is compared with; null for its norm at the start.</param>
internal sealed record LbfgsOptions(
    int MaxIterations, int Memory, double StrongConvexity, double RelativeGap, double RelativeGradient, double? ReferenceNorm = null);
