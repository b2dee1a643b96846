using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>RMSprop (Tieleman, Hinton, 2012): the gradient over the root of the running mean of its square; epsilon inside the root, as in Keras.</summary>
public sealed record RmsPropOptimizer : Optimizer
{
    /// <summary>How much of the mean squared gradient is kept a step, 0 to less than 1, default 0.9.</summary>
    public double Rho { get; init; } = 0.9;

    /// <summary>Share of the last step that goes into the next, 0 (default) to less than 1.</summary>
    public double Momentum { get; init; }

    /// <summary>Whether the gradient's variance stands in for its mean square. Default no.</summary>
    public bool Centered { get; init; }

    /// <summary>Added inside the root, above zero, default 1e-7.</summary>
    public double Epsilon { get; init; } = 1e-7;

    internal override string Name => "rmsprop";

    internal override void Describe(IDictionary<string, string> options)
    {
        Note(options, "rho", Rho);
        Note(options, "epsilon", Epsilon);
        Note(options, "momentum", Momentum);
        if (Centered)
        {
            options["centered"] = "true";
        }
    }

    internal override void ThrowIfNotValid()
    {
        ThrowIfNotShare(Rho, "RMSprop's rho");
        ThrowIfNotShare(Momentum, "The momentum");
        ThrowIfNotPositive(Epsilon, "RMSprop's epsilon");
    }

    internal override IParameterUpdate Start(int parameters) => new Update(this, parameters);

    private sealed class Update(RmsPropOptimizer options, int parameters) : IParameterUpdate
    {
        private readonly double[] _square = new double[parameters];
        private readonly double[] _mean = options.Centered ? new double[parameters] : [];
        private readonly double[] _velocity = options.Momentum > 0 ? new double[parameters] : [];

        public void Apply(double rate, double scale, ReadOnlySpan<double> sums, Span<double> parameters) =>
            UpdateKernels.RmsProp(rate, scale, options.Rho, options.Epsilon, options.Momentum, sums, _square, _mean, _velocity, parameters);
    }
}
