using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>
/// Limited-memory BFGS with a diagonal preconditioner, for smooth convex functions whose values carry rounding noise.
/// Source: Nocedal &amp; Wright, Numerical Optimization, 2nd edition, algorithms 7.4 and 7.5.
/// </summary>
internal sealed class LbfgsMinimizer
{
    /// <summary>Iterations without a smaller gradient or value after which rounding is taken to be all that is left.</summary>
    private const int PatienceAtNoise = 30;

    private readonly LbfgsOptions _options;
    private readonly double[] _curvature;
    private readonly List<(double[] Step, double[] Change, double Inverse)> _memory = [];

    public LbfgsMinimizer(LbfgsOptions options, double[] curvatureDiagonal)
    {
        _options = options;
        _curvature = curvatureDiagonal;
    }

    public MinimizerResult Minimize(IConvexObjective objective, double[] start, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var point = (double[])start.Clone();
        var gradient = new double[objective.Length];
        var value = objective.Evaluate(point, gradient);
        var norm = Norm(gradient);
        var firstNorm = norm;
        var (bestValue, bestNorm, stale) = (value, norm, 0);
        var evaluations = 1;
        var search = new ConvexLineSearch(objective);
        _memory.Clear();
        for (var iteration = 0; ; iteration++)
        {
            progress?.Report(new TrainingProgress(iteration, _options.MaxIterations, value, norm));
            if (ReasonToStop(value, norm, firstNorm) is { } reason)
            {
                return new MinimizerResult(point, value, norm, iteration, evaluations, reason);
            }

            if (iteration == _options.MaxIterations || stale >= PatienceAtNoise)
            {
                return new MinimizerResult(
                    point, value, norm, iteration, evaluations, stale >= PatienceAtNoise ? StopReason.PrecisionLimit : StopReason.MaxIterations);
            }

            cancellation.ThrowIfCancellationRequested();
            var direction = Direction(gradient);
            var slope = DoubleKernels.Dot(direction, gradient);
            var found = slope < 0 && search.Run(point, direction, value, slope);
            evaluations += search.Evaluations;
            if (!found)
            {
                if (_memory.Count == 0)
                {
                    return new MinimizerResult(point, value, norm, iteration, evaluations, StopReason.PrecisionLimit);
                }

                // The remembered curvature may be what is wrong: once more along the plain preconditioned gradient.
                _memory.Clear();
                stale++;
                continue;
            }

            Remember(search.Point, point, search.Gradient, gradient);
            search.Point.CopyTo(point, 0);
            search.Gradient.CopyTo(gradient, 0);
            value = search.Value;
            norm = Norm(gradient);
            stale = norm < bestNorm || value < bestValue ? 0 : stale + 1;
            (bestValue, bestNorm) = (Math.Min(value, bestValue), Math.Min(norm, bestNorm));
        }
    }

    private static double Norm(double[] vector) => Math.Sqrt(DoubleKernels.Dot(vector, vector));

    private StopReason? ReasonToStop(double value, double norm, double firstNorm)
    {
        if (_options.StrongConvexity > 0 && norm * norm <= 2 * _options.StrongConvexity * _options.RelativeGap * Math.Abs(value))
        {
            return StopReason.ObjectiveTolerance;
        }

        return norm <= _options.RelativeGradient * firstNorm ? StopReason.GradientTolerance : null;
    }

    private double[] Direction(double[] gradient)
    {
        var direction = (double[])gradient.Clone();
        Span<double> factors = stackalloc double[_memory.Count];
        for (var i = _memory.Count - 1; i >= 0; i--)
        {
            var (step, change, inverse) = _memory[i];
            factors[i] = inverse * DoubleKernels.Dot(step, direction);
            DoubleKernels.AddScaled(-factors[i], change, direction);
        }

        var scale = InitialScale();
        for (var i = 0; i < direction.Length; i++)
        {
            direction[i] *= scale / _curvature[i];
        }

        for (var i = 0; i < _memory.Count; i++)
        {
            var (step, change, inverse) = _memory[i];
            DoubleKernels.AddScaled(factors[i] - (inverse * DoubleKernels.Dot(change, direction)), step, direction);
        }

        for (var i = 0; i < direction.Length; i++)
        {
            direction[i] = -direction[i];
        }

        return direction;
    }

    /// <summary>sᵀy / yᵀD⁻¹y of the last pair: fits the preconditioner's scale to the curvature met last.</summary>
    private double InitialScale()
    {
        if (_memory.Count == 0)
        {
            return 1;
        }

        var (_, change, inverse) = _memory[^1];
        var scaled = 0.0;
        for (var i = 0; i < change.Length; i++)
        {
            scaled += change[i] * change[i] / _curvature[i];
        }

        return 1 / (inverse * scaled);
    }

    private void Remember(double[] newPoint, double[] oldPoint, double[] newGradient, double[] oldGradient)
    {
        var reuse = _memory.Count == _options.Memory ? _memory[0] : default;
        var step = reuse.Step ?? new double[newPoint.Length];
        var change = reuse.Change ?? new double[newPoint.Length];
        if (reuse.Step is not null)
        {
            _memory.RemoveAt(0);
        }

        for (var i = 0; i < step.Length; i++)
        {
            step[i] = newPoint[i] - oldPoint[i];
            change[i] = newGradient[i] - oldGradient[i];
        }

        var product = DoubleKernels.Dot(step, change);
        if (product > 1e-12 * Norm(step) * Norm(change))
        {
            _memory.Add((step, change, 1 / product));
        }
    }
}
