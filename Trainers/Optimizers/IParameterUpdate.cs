namespace MlTransfer.Trainers.Optimizers;

/// <summary>An optimizer at work on the parameters of one fit, with what it remembers of earlier steps.</summary>
internal interface IParameterUpdate
{
    /// <summary>Does one step.</summary>
    /// <param name="rate">The learning rate of this step.</param>
    /// <param name="scale">The gradient is <paramref name="sums"/> · scale.</param>
    /// <param name="sums">One number a parameter.</param>
    /// <param name="parameters">The parameters, changed in place.</param>
    void Apply(double rate, double scale, ReadOnlySpan<double> sums, Span<double> parameters);
}
