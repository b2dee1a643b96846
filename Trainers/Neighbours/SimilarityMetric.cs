namespace MlTransfer.Trainers.Neighbours;

/// <summary>How near two vectors of features are.</summary>
public enum SimilarityMetric
{
    /// <summary>By the angle between them: x · y / (‖x‖ · ‖y‖), 1 where they point the same way; the distance is 1 less it. A vector of zeros is at 0 to every other.</summary>
    Cosine,

    /// <summary>By the length of their difference, ‖x − y‖.</summary>
    Euclidean,
}
