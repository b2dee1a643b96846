using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>Gradient descent: w −= rate · g, or with momentum v = momentum · v − rate · g, w += v.</summary>
public sealed record SgdOptimizer : Optimizer
{
    /// <summary>Share of the last step that goes into the next, 0 (default) to less than 1.</summary>
    public double Momentum { get; init; }

    /// <summary>Whether the momentum looks a step ahead (Nesterov): w += momentum · v − rate · g. Needs momentum. Default no.</summary>
    public bool Nesterov { get; init; }

    internal override string Name => "sgd";

    internal override void Describe(IDictionary<string, string> options)
    {
        Note(options, "momentum", Momentum);
        if (Nesterov)
        {
            options["nesterov"] = "true";
        }
    }

    internal override void ThrowIfNotValid()
    {
        ThrowIfNotShare(Momentum, "The momentum");
        if (Nesterov && Momentum == 0)
        {
            throw new ArgumentException("Nesterov's momentum needs a momentum above zero; give one, 0.9 say.");
        }
    }

    internal override IParameterUpdate Start(int parameters) => new Update(this, parameters);

    private sealed class Update(SgdOptimizer options, int parameters) : IParameterUpdate
    {
        private readonly double[]? _velocity = options.Momentum > 0 ? new double[parameters] : null;

        public void Apply(double rate, double scale, ReadOnlySpan<double> sums, Span<double> parameters)
        {
            if (_velocity is null)
            {
                DoubleKernels.AddScaled(-rate * scale, sums, parameters);
            }
            else
            {
                UpdateKernels.Momentum(rate, scale, options.Momentum, options.Nesterov, sums, _velocity, parameters);
            }
        }
    }
}
