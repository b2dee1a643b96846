namespace MlTransfer.Trainers.Neighbours;

/// <summary>How much the vote of a neighbour counts.</summary>
public enum NeighbourWeighting
{
    /// <summary>Every neighbour counts the same.</summary>
    Uniform,

    /// <summary>A neighbour counts as 1 over its distance; where some are at no distance at all, they alone count, as in scikit-learn.</summary>
    Distance,
}
