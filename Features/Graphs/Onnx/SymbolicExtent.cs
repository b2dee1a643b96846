namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>An extent, or an element of a shape, that is known, named, or unknown.</summary>
/// <param name="Value">The number; −1 where it is not known.</param>
/// <param name="Symbol">A name that two unknown extents share when they are surely equal; else null.</param>
internal readonly record struct SymbolicExtent(long Value, string? Symbol)
{
    /// <summary>An extent of which nothing is known.</summary>
    public static SymbolicExtent Unknown { get; } = new(-1, null);

    /// <summary>Whether the number is known.</summary>
    public bool IsKnown => Symbol is null && Value >= 0;

    /// <summary>A known extent.</summary>
    public static implicit operator SymbolicExtent(long value) => new(value, null);

    /// <summary>What an elementwise operation makes of two extents that are broadcast.</summary>
    public static SymbolicExtent Broadcast(SymbolicExtent left, SymbolicExtent right) =>
        left == right ? left
        : left is { IsKnown: true, Value: 1 } ? right
        : right is { IsKnown: true, Value: 1 } ? left
        : left.IsKnown ? left
        : right.IsKnown ? right
        : Unknown;

    /// <inheritdoc/>
    public override string ToString() => Symbol ?? (Value < 0 ? "?" : Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
