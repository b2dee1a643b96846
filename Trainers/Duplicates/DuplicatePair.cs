namespace MlTransfer.Trainers.Duplicates;

/// <summary>Two rows that look like pictures of the same thing.</summary>
/// <param name="First">The lower row number.</param>
/// <param name="Second">The higher row number.</param>
/// <param name="Similarity">Cosine of the whitened features, at most 1; 1 for the same features.</param>
public readonly record struct DuplicatePair(int First, int Second, double Similarity) : IComparable<DuplicatePair>
{
    /// <summary>The more similar pair comes first, then the one of lower rows.</summary>
    public int CompareTo(DuplicatePair other)
    {
        var bySimilarity = other.Similarity.CompareTo(Similarity);
        return bySimilarity != 0 ? bySimilarity : First != other.First ? First.CompareTo(other.First) : Second.CompareTo(other.Second);
    }

    /// <summary>Whether one comes before the other.</summary>
    public static bool operator <(DuplicatePair left, DuplicatePair right) => left.CompareTo(right) < 0;

    /// <summary>Whether one comes after the other.</summary>
    public static bool operator >(DuplicatePair left, DuplicatePair right) => left.CompareTo(right) > 0;

    /// <summary>Whether one comes before the other, or is the same.</summary>
    public static bool operator <=(DuplicatePair left, DuplicatePair right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one comes after the other, or is the same.</summary>
    public static bool operator >=(DuplicatePair left, DuplicatePair right) => left.CompareTo(right) >= 0;
}
