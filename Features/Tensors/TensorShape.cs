namespace MlTransfer.Features.Tensors;

/// <summary>The fixed extents of a tensor; empty for a scalar. Immutable, compared by value.</summary>
public readonly struct TensorShape : IEquatable<TensorShape>
{
    private readonly int[]? _extents;

    /// <summary>Makes a shape.</summary>
    /// <param name="extents">Extents, none negative, at most int.MaxValue elements in all; kept, not copied.</param>
    /// <exception cref="ArgumentException">An extent is negative or the element count overflows.</exception>
    public TensorShape(params int[] extents)
    {
        ArgumentNullException.ThrowIfNull(extents);
        long count = 1;
        foreach (var extent in extents)
        {
            if (extent < 0)
            {
                throw new ArgumentException($"Shape [{string.Join(",", extents)}] has a negative extent.", nameof(extents));
            }

            count *= extent;
            if (count > int.MaxValue)
            {
                throw new ArgumentException($"Shape [{string.Join(",", extents)}] has more than {int.MaxValue} elements.", nameof(extents));
            }
        }

        _extents = extents;
    }

    /// <summary>The shape of a scalar.</summary>
    public static TensorShape Scalar => default;

    /// <summary>Number of dimensions.</summary>
    public int Rank => _extents?.Length ?? 0;

    /// <summary>Number of elements.</summary>
    public int Count
    {
        get
        {
            var count = 1;
            foreach (var extent in Extents)
            {
                count *= extent;
            }

            return count;
        }
    }

    /// <summary>The extents, outermost first.</summary>
    public ReadOnlySpan<int> Extents => _extents;

    /// <summary>The extent of a dimension; 0 is the outermost.</summary>
    public int this[int dimension] => (_extents ?? [])[dimension];

    /// <summary>Whether two shapes have the same extents.</summary>
    public static bool operator ==(TensorShape left, TensorShape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(TensorShape left, TensorShape right) => !left.Equals(right);

    /// <summary>The extents as a new array.</summary>
    public int[] ToArray() => Extents.ToArray();

    /// <inheritdoc/>
    public bool Equals(TensorShape other) => Extents.SequenceEqual(other.Extents);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorShape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var extent in Extents)
        {
            hash.Add(extent);
        }

        return hash.ToHashCode();
    }

    /// <summary>TensorFlow's spelling: [2,299,299,3].</summary>
    public override string ToString() => $"[{string.Join(",", ToArray())}]";
}
