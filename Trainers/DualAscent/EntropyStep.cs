namespace MlTransfer.Trainers.DualAscent;

/// <summary>
/// The best dual variable of one row: the probabilities p that maximise Σ p · z − Σ p · ln p − (q / 2) · ‖p − previous‖², where z are the row's logits and q
/// how much its own step moves them.
/// </summary>
/// <remarks>
/// With a = z + q · previous and ν for Σ p = 1, the maximum is where ln p + q · p = a − ν (constants taken into ν). The left side rises in p and the sum falls
/// convexly in ν, so Newton's method from the left, nested in Newton's method from the right, reaches both from one side.
/// </remarks>
internal static class EntropyStep
{
    private const int MostSteps = 60;
    private const double Precision = 1e-14;

    /// <summary>Overwrites the previous probabilities with the best ones.</summary>
    /// <param name="logits">z; overwritten.</param>
    /// <param name="probabilities">Previous in, best out; zero or more, summing to 1.</param>
    /// <param name="q">Zero or more.</param>
    public static void Maximize(Span<double> logits, Span<double> probabilities, double q)
    {
        var largest = double.NegativeInfinity;
        for (var c = 0; c < logits.Length; c++)
        {
            logits[c] += q * probabilities[c];
            largest = Math.Max(largest, logits[c]);
        }

        // Here the likeliest class alone has probability 1, so the sum is at least 1.
        var shift = largest - q;
        for (var step = 0; step < MostSteps; step++)
        {
            double sum = 0, slope = 0;
            for (var c = 0; c < logits.Length; c++)
            {
                var p = Solve(logits[c] - shift, q);
                probabilities[c] = p;
                sum += p;
                slope += p / (1 + (q * p));
            }

            var off = sum - 1;
            if (off <= Precision)
            {
                break;
            }

            shift += off / slope;
        }

        var total = 0.0;
        foreach (var p in probabilities)
        {
            total += p;
        }

        for (var c = 0; c < probabilities.Length; c++)
        {
            probabilities[c] /= total;
        }
    }

    /// <summary>p with ln p + q · p = right.</summary>
    public static double Solve(double right, double q)
    {
        if (q == 0)
        {
            return Math.Exp(right);
        }

        // In t = ln p the function t + q · exp(t) − right is convex and rises; where it starts it is zero or more, hence no step goes beyond its zero.
        var t = right <= 1 ? right : Math.Min(right, Math.Log((right + Math.Max(0, Math.Log(q / right))) / q));
        for (var step = 0; step < MostSteps; step++)
        {
            var grown = q * Math.Exp(t);
            var change = (t + grown - right) / (1 + grown);
            t -= change;
            if (change <= Precision * (1 + Math.Abs(t)))
            {
                break;
            }
        }

        return Math.Exp(t);
    }
}
