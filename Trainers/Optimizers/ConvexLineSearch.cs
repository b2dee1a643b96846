using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>
/// Line search to the strong Wolfe conditions for a convex function. The sign of the slope alone tells on which side the minimum lies, so
/// rounding noise in the values cannot lead it astray; where values no longer tell a decrease, the approximate Wolfe condition of Hager and Zhang
/// (SIAM J. Optim. 16, 2005) takes the place of sufficient decrease.
/// </summary>
internal sealed class ConvexLineSearch(IConvexObjective objective)
{
    private const double SufficientDecrease = 1e-4;
    private const double CurvatureCondition = 0.9;
    private const double ValueNoise = 1e-7;
    private const int MostEvaluations = 30;

    private readonly double[] _point = new double[objective.Length];
    private readonly double[] _gradient = new double[objective.Length];

    /// <summary>The point found.</summary>
    public double[] Point => _point;

    /// <summary>The gradient there.</summary>
    public double[] Gradient => _gradient;

    /// <summary>The value there.</summary>
    public double Value { get; private set; }

    /// <summary>Evaluations that the last search took.</summary>
    public int Evaluations { get; private set; }

    /// <summary>Searches from <paramref name="start"/>; false when no step meets the conditions within the evaluations allowed.</summary>
    public bool Run(double[] start, double[] direction, double value, double slope)
    {
        var (low, lowSlope) = (0.0, slope);
        var (high, highSlope) = (double.PositiveInfinity, double.NaN);
        var step = 1.0;
        for (Evaluations = 0; Evaluations < MostEvaluations;)
        {
            start.CopyTo(_point, 0);
            DoubleKernels.AddScaled(step, direction, _point);
            Value = objective.Evaluate(_point, _gradient);
            Evaluations++;
            var slopeHere = DoubleKernels.Dot(_gradient, direction);
            if (IsAcceptable(value, slope, step, slopeHere))
            {
                return true;
            }

            if (slopeHere < 0)
            {
                (low, lowSlope) = (step, slopeHere);
            }
            else
            {
                // A step so long that the value overflows lies beyond the minimum as well.
                (high, highSlope) = (step, slopeHere);
            }

            step = Next(low, lowSlope, high, highSlope);
            if (!double.IsFinite(step) || step <= low || step >= high)
            {
                return false;
            }
        }

        return false;
    }

    private bool IsAcceptable(double value, double slope, double step, double slopeHere)
    {
        var flatEnough = Math.Abs(slopeHere) <= CurvatureCondition * -slope;
        var decreased = Value <= value + (SufficientDecrease * step * slope);
        var indistinguishable = Value <= value + (ValueNoise * Math.Abs(value)) && slopeHere <= -0.8 * slope;
        return flatEnough && (decreased || indistinguishable);
    }

    /// <summary>The secant's zero of the slope, kept away from the ends; while no upper end is known, up to ten times further.</summary>
    private static double Next(double low, double lowSlope, double high, double highSlope)
    {
        if (double.IsPositiveInfinity(high))
        {
            return low * 4;
        }

        var width = high - low;
        var secant = low - (lowSlope * width / (highSlope - lowSlope));
        return double.IsFinite(secant) ? Math.Clamp(secant, low + (0.1 * width), high - (0.1 * width)) : low + (0.1 * width);
    }
}
