using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>
/// Orthant-wise limited-memory quasi-Newton: minimises a smooth convex function plus L1 · Σ |parameter| over its first parameters, so that parameters
/// become exactly zero. Source: Andrew and Gao, Scalable Training of L1-Regularized Log-Linear Models, ICML 2007.
/// </summary>
/// <remarks>
/// Each step stays in one orthant, where the penalty is linear: what would change its sign is set to zero. The gradient is that of the steepest
/// descent (pseudo-gradient), which vanishes exactly at the optimum.
/// </remarks>
internal sealed class OwlqnMinimizer
{
    private const double SufficientDecrease = 1e-4;
    private const double ValueNoise = 1e-7;
    private const int MostEvaluations = 40;

    private readonly LbfgsOptions _options;
    private readonly double[] _curvature;
    private readonly double _l1;
    private readonly int _penalised;

    /// <summary>Keeps what to minimise by.</summary>
    /// <param name="options">When to stop; gradient stands for pseudo-gradient.</param>
    /// <param name="curvatureDiagonal">An estimate of the smooth part's second derivative.</param>
    /// <param name="l1">Strength of the penalty, above zero.</param>
    /// <param name="penalised">How many parameters, from the first, are penalised.</param>
    public OwlqnMinimizer(LbfgsOptions options, double[] curvatureDiagonal, double l1, int penalised)
    {
        _options = options;
        _curvature = curvatureDiagonal;
        _l1 = l1;
        _penalised = penalised;
    }

    /// <summary>Minimises; the value of the result includes the penalty.</summary>
    public MinimizerResult Minimize(IConvexObjective objective, double[] start, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var point = (double[])start.Clone();
        var gradient = new double[objective.Length];
        var (nextPoint, nextGradient) = (new double[objective.Length], new double[objective.Length]);
        var value = objective.Evaluate(point, gradient) + Penalty(point);
        var steepest = new double[objective.Length];
        PseudoGradient(point, gradient, steepest);
        var norm = Norm(steepest);
        var stopping = new StoppingRule(_options, value, norm);
        var memory = new LbfgsMemory(_curvature, _options.Memory);
        var evaluations = 1;
        for (var iteration = 0; ; iteration++)
        {
            progress?.Report(new TrainingProgress(iteration, _options.MaxIterations, value, norm));
            if (stopping.Reason(iteration, value, norm) is { } reason)
            {
                return new MinimizerResult(point, value, norm, iteration, evaluations, reason);
            }

            cancellation.ThrowIfCancellationRequested();
            var direction = memory.Direction(steepest);
            Align(direction, steepest);
            var found = Search(objective, point, direction, steepest, value, nextPoint, nextGradient, ref evaluations, out var nextValue);
            if (!found)
            {
                if (memory.IsEmpty)
                {
                    return new MinimizerResult(point, value, norm, iteration, evaluations, stopping.Exhausted(norm));
                }

                memory.Clear();
                stopping.NoteStale();
                continue;
            }

            memory.Remember(nextPoint, point, nextGradient, gradient);
            (point, nextPoint) = (nextPoint, point);
            (gradient, nextGradient) = (nextGradient, gradient);
            value = nextValue;
            PseudoGradient(point, gradient, steepest);
            norm = Norm(steepest);
            stopping.Note(value, norm);
        }
    }

    private static double Norm(double[] vector) => Math.Sqrt(DoubleKernels.Dot(vector, vector));

    private double Penalty(double[] point)
    {
        var sum = 0.0;
        for (var i = 0; i < _penalised; i++)
        {
            sum += Math.Abs(point[i]);
        }

        return _l1 * sum;
    }

    /// <summary>The subgradient of least norm: at zero, the part of the slope that the penalty does not hold.</summary>
    private void PseudoGradient(double[] point, double[] gradient, double[] steepest)
    {
        for (var i = 0; i < _penalised; i++)
        {
            steepest[i] = point[i] != 0
                ? gradient[i] + (point[i] > 0 ? _l1 : -_l1)
                : Math.Max(gradient[i] - _l1, 0) + Math.Min(gradient[i] + _l1, 0);
        }

        gradient.AsSpan(_penalised).CopyTo(steepest.AsSpan(_penalised));
    }

    /// <summary>Drops what does not go down: the quasi-Newton step may disagree in sign with the steepest descent.</summary>
    private void Align(double[] direction, double[] steepest)
    {
        for (var i = 0; i < _penalised; i++)
        {
            if (direction[i] * steepest[i] >= 0)
            {
                direction[i] = 0;
            }
        }
    }

    /// <summary>
    /// Halves the step until the value falls enough. Within the orthant the function is smooth and convex along the way, so where rounding hides a
    /// decrease, a slope at the end that still falls, or rises little, takes its place.
    /// </summary>
    private bool Search(
        IConvexObjective objective, double[] point, double[] direction, double[] steepest, double value,
        double[] nextPoint, double[] nextGradient, ref int evaluations, out double nextValue)
    {
        nextValue = value;
        var step = 1.0;
        for (var i = 0; i < MostEvaluations; i++, step /= 2)
        {
            var (expected, moved) = Move(point, direction, steepest, step, nextPoint);
            if (!moved || !(expected < 0))
            {
                return false;
            }

            nextValue = objective.Evaluate(nextPoint, nextGradient) + Penalty(nextPoint);
            evaluations++;
            var decreased = nextValue <= value + (SufficientDecrease * expected);
            if (decreased || (nextValue <= value + (ValueNoise * Math.Abs(value)) && EndSlope(point, nextPoint, nextGradient, steepest) <= -0.8 * expected))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A step that ends where a penalised parameter would change its sign; returns the slope along the way times its length.</summary>
    private (double Expected, bool Moved) Move(double[] point, double[] direction, double[] steepest, double step, double[] nextPoint)
    {
        var (expected, moved) = (0.0, false);
        for (var i = 0; i < point.Length; i++)
        {
            var next = point[i] + (step * direction[i]);
            if (i < _penalised && next * (point[i] != 0 ? point[i] : -steepest[i]) <= 0)
            {
                next = 0;
            }

            nextPoint[i] = next;
            expected += steepest[i] * (next - point[i]);
            moved |= next != point[i];
        }

        return (expected, moved);
    }

    /// <summary>The slope at the end of the way, along it.</summary>
    private double EndSlope(double[] point, double[] nextPoint, double[] nextGradient, double[] steepest)
    {
        var slope = 0.0;
        for (var i = 0; i < point.Length; i++)
        {
            var orthant = i >= _penalised ? 0 : Math.Sign(point[i] != 0 ? point[i] : -steepest[i]);
            slope += (nextGradient[i] + (orthant * _l1)) * (nextPoint[i] - point[i]);
        }

        return slope;
    }
}
