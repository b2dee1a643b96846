namespace MlTransfer.Trainers.Optimizers;

/// <summary>A smooth convex function to be minimised.</summary>
internal interface IConvexObjective
{
    /// <summary>Number of parameters.</summary>
    int Length { get; }

    /// <summary>The value at a point; its gradient goes to <paramref name="gradient"/>.</summary>
    double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient);
}
