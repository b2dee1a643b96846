using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>
/// The pairs of steps and gradient changes that limited-memory BFGS remembers, on top of a diagonal estimate of the curvature.
/// Source: Nocedal &amp; Wright, Numerical Optimization, 2nd edition, algorithm 7.4.
/// </summary>
/// <param name="curvature">The diagonal.</param>
/// <param name="most">Pairs kept.</param>
internal sealed class LbfgsMemory(double[] curvature, int most)
{
    private readonly List<(double[] Step, double[] Change, double Inverse)> _pairs = [];

    public bool IsEmpty => _pairs.Count == 0;

    public void Clear() => _pairs.Clear();

    /// <summary>−H · gradient, where H approximates the inverse of the second derivative.</summary>
    public double[] Direction(double[] gradient)
    {
        var direction = (double[])gradient.Clone();
        Span<double> factors = stackalloc double[_pairs.Count];
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            var (step, change, inverse) = _pairs[i];
            factors[i] = inverse * DoubleKernels.Dot(step, direction);
            DoubleKernels.AddScaled(-factors[i], change, direction);
        }

        var scale = InitialScale();
        for (var i = 0; i < direction.Length; i++)
        {
            direction[i] *= scale / curvature[i];
        }

        for (var i = 0; i < _pairs.Count; i++)
        {
            var (step, change, inverse) = _pairs[i];
            DoubleKernels.AddScaled(factors[i] - (inverse * DoubleKernels.Dot(change, direction)), step, direction);
        }

        for (var i = 0; i < direction.Length; i++)
        {
            direction[i] = -direction[i];
        }

        return direction;
    }

    /// <summary>Keeps a step and the change of the gradient over it, unless rounding made the curvature along it useless.</summary>
    public void Remember(double[] newPoint, double[] oldPoint, double[] newGradient, double[] oldGradient)
    {
        var reuse = _pairs.Count == most ? _pairs[0] : default;
        var step = reuse.Step ?? new double[newPoint.Length];
        var change = reuse.Change ?? new double[newPoint.Length];
        if (reuse.Step is not null)
        {
            _pairs.RemoveAt(0);
        }

        for (var i = 0; i < step.Length; i++)
        {
            step[i] = newPoint[i] - oldPoint[i];
            change[i] = newGradient[i] - oldGradient[i];
        }

        var product = DoubleKernels.Dot(step, change);
        if (product > 1e-12 * Math.Sqrt(DoubleKernels.Dot(step, step) * DoubleKernels.Dot(change, change)))
        {
            _pairs.Add((step, change, 1 / product));
        }
    }

    /// <summary>sᵀy / yᵀD⁻¹y of the last pair: fits the diagonal's scale to the curvature met last.</summary>
    private double InitialScale()
    {
        if (_pairs.Count == 0)
        {
            return 1;
        }

        var (_, change, inverse) = _pairs[^1];
        var scaled = 0.0;
        for (var i = 0; i < change.Length; i++)
        {
            scaled += change[i] * change[i] / curvature[i];
        }

        return 1 / (inverse * scaled);
    }
}
