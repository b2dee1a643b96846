namespace MlTransfer.Features.Engines.Managed;

/// <summary>What one step of a plan took.</summary>
/// <param name="Node">The graph's node that the step stems from; nodes folded into it are not listed.</param>
/// <param name="Kernel">What computed it.</param>
/// <param name="Shape">Shape of its result, or empty.</param>
/// <param name="Milliseconds">Wall-clock time, the least of the rounds.</param>
/// <param name="Operations">Floating-point operations, a multiply-add counted as two.</param>
public sealed record StepTime(string Node, string Kernel, string Shape, double Milliseconds, double Operations)
{
    /// <summary>Thousand million floating-point operations a second.</summary>
    public double GigaOperationsPerSecond => Milliseconds > 0 ? Operations / Milliseconds / 1e6 : 0;
}
