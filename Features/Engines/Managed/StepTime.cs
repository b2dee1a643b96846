namespace MlTransfer.Features.Engines.Managed;

/// <summary>What one step of a plan took.</summary>
/// <param name="Node">The graph's node that the step stems from; nodes folded into it are not listed.</param>
/// <param name="Kernel">What computed it.</param>
/// <param name="Shape">Shape of its result, or empty.</param>
/// <param name="Milliseconds">Wall-clock time, the least of the rounds.</param>
/// <param name="Operations">Floating-point operations of the direct form, a multiply-add counted as two.</param>
public sealed record StepTime(string Node, string Kernel, string Shape, double Milliseconds, double Operations)
{
    /// <summary>Kind of layer: window and stride ("3×3/2", "depthwise 3×3/1", "pool 3×3/1"), "dense", or empty for what is no layer.</summary>
    public string Layer { get; init; } = string.Empty;

    /// <summary>Floating-point operations of the products as they are computed: fewer than <see cref="Operations"/> where a Toom–Cook scheme saves some.</summary>
    public double ComputedOperations { get; init; } = Operations;

    /// <summary>Bytes that the step must move at least once: what it reads and writes of maps, and its packed weights.</summary>
    public long Bytes { get; init; }

    /// <summary>Effective rate: thousand million floating-point operations of the direct form a second.</summary>
    public double GigaOperationsPerSecond => Milliseconds > 0 ? Operations / Milliseconds / 1e6 : 0;

    /// <summary>Rate of the products as they are computed, in thousand million floating-point operations a second.</summary>
    public double ComputedGigaOperationsPerSecond => Milliseconds > 0 ? ComputedOperations / Milliseconds / 1e6 : 0;
}
