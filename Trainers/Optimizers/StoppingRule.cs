namespace MlTransfer.Trainers.Optimizers;

/// <summary>When a quasi-Newton minimiser is done: the optimum is near, rounding is all that is left, or the iterations are used up.</summary>
internal sealed class StoppingRule(LbfgsOptions options, double firstValue, double firstNorm)
{
    /// <summary>Iterations without a smaller gradient or value after which rounding is taken to be all that is left.</summary>
    private const int PatienceAtNoise = 30;

    /// <summary>Iterations over which a value that hardly falls has come to rest.</summary>
    private const int RestingIterations = 10;

    private readonly double _referenceNorm = options.ReferenceNorm ?? firstNorm;
    private readonly Queue<double> _values = new([firstValue]);
    private double _bestValue = firstValue;
    private double _bestNorm = firstNorm;
    private int _stale;

    /// <summary>Takes note of an iteration's outcome.</summary>
    public void Note(double value, double norm)
    {
        _stale = norm < _bestNorm || value < _bestValue ? 0 : _stale + 1;
        (_bestValue, _bestNorm) = (Math.Min(value, _bestValue), Math.Min(norm, _bestNorm));
        _values.Enqueue(value);
        if (_values.Count > RestingIterations + 1)
        {
            _values.Dequeue();
        }
    }

    /// <summary>Takes note of an iteration that led nowhere.</summary>
    public void NoteStale() => _stale++;

    /// <summary>Why to stop now; null to go on.</summary>
    public StopReason? Reason(int iteration, double value, double norm)
    {
        if (options.StrongConvexity > 0 && norm * norm <= 2 * options.StrongConvexity * options.RelativeGap * Math.Abs(value))
        {
            return StopReason.ObjectiveTolerance;
        }

        if (IsSmall(norm) && (norm == 0 || options.StrongConvexity == 0 || IsAtRest(value)))
        {
            return StopReason.GradientTolerance;
        }

        return _stale >= PatienceAtNoise ? Exhausted(norm) : iteration >= options.MaxIterations ? StopReason.MaxIterations : null;
    }

    /// <summary>What to call it where arithmetic allows no further progress.</summary>
    public StopReason Exhausted(double norm) => IsSmall(norm) ? StopReason.GradientTolerance : StopReason.PrecisionLimit;

    private bool IsSmall(double norm) => norm <= options.RelativeGradient * _referenceNorm;

    private bool IsAtRest(double value) => _values.Count > RestingIterations && _values.Peek() - value <= RestingIterations * options.RelativeGap * Math.Abs(value);
}
