using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>
/// Limited-memory BFGS with a diagonal preconditioner, for smooth convex functions whose values carry rounding noise.
/// Source: Nocedal &amp; Wright, Numerical Optimization, 2nd edition, algorithms 7.4 and 7.5.
/// </summary>
internal sealed class LbfgsMinimizer
{
    private readonly LbfgsOptions _options;
    private readonly LbfgsMemory _memory;

    public LbfgsMinimizer(LbfgsOptions options, double[] curvatureDiagonal)
    {
        _options = options;
        _memory = new LbfgsMemory(curvatureDiagonal, options.Memory);
    }

    public MinimizerResult Minimize(IConvexObjective objective, double[] start, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var point = (double[])start.Clone();
        var gradient = new double[objective.Length];
        var value = objective.Evaluate(point, gradient);
        var norm = Norm(gradient);
        var stopping = new StoppingRule(_options, value, norm);
        var evaluations = 1;
        var search = new ConvexLineSearch(objective);
        _memory.Clear();
        for (var iteration = 0; ; iteration++)
        {
            progress?.Report(new TrainingProgress(iteration, _options.MaxIterations, value, norm));
            if (stopping.Reason(iteration, value, norm) is { } reason)
            {
                return new MinimizerResult(point, value, norm, iteration, evaluations, reason);
            }

            cancellation.ThrowIfCancellationRequested();
            var direction = _memory.Direction(gradient);
            var slope = DoubleKernels.Dot(direction, gradient);
            var found = slope < 0 && search.Run(point, direction, value, slope);
            evaluations += search.Evaluations;
            if (!found)
            {
                if (_memory.IsEmpty)
                {
                    return new MinimizerResult(point, value, norm, iteration, evaluations, stopping.Exhausted(norm));
                }

                // The remembered curvature may be what is wrong: once more along the plain preconditioned gradient.
                _memory.Clear();
                stopping.NoteStale();
                continue;
            }

            _memory.Remember(search.Point, point, search.Gradient, gradient);
            search.Point.CopyTo(point, 0);
            search.Gradient.CopyTo(gradient, 0);
            value = search.Value;
            norm = Norm(gradient);
            stopping.Note(value, norm);
        }
    }

    private static double Norm(double[] vector) => Math.Sqrt(DoubleKernels.Dot(vector, vector));
}
