namespace MlTransfer.Trainers.Rejection;

/// <summary>Whether an example belongs to none of the classes.</summary>
/// <param name="Reason">Why it was rejected; <see cref="RejectionReason.None"/> where it was not. The stronger of the two where both apply.</param>
/// <param name="Probability">Probability of the most probable class, 0 … 1.</param>
/// <param name="Distance">Distance to the nearest class: about 1 for a training row, larger for what is unlike all of them.</param>
/// <param name="Novelty">How new it looks, 0 or more: above 1 it is rejected.</param>
public readonly record struct RejectionVerdict(RejectionReason Reason, double Probability, double Distance, double Novelty)
{
    /// <summary>Whether it is none of the classes.</summary>
    public bool IsRejected => Reason != RejectionReason.None;
}
