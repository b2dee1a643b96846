using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>
/// Adam (Kingma, Ba, 2015): the step is the running mean of the gradient over the root of the running mean of its square, both corrected for their zero
/// start. With weight decay it is AdamW (Loshchilov, Hutter, 2019).
/// </summary>
public sealed record AdamOptimizer : Optimizer
{
    /// <summary>How much of the mean gradient is kept a step, 0 to less than 1, default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the mean squared gradient is kept a step, 0 to less than 1, default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root, above zero, default 1e-7.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Before each step every parameter, the bias too, shrinks by rate · this; zero (default) or more.</summary>
    public double WeightDecay { get; init; }

    internal override string Name => "adam";

    internal override void Describe(IDictionary<string, string> options)
    {
        Note(options, "beta1", Beta1);
        Note(options, "beta2", Beta2);
        Note(options, "epsilon", Epsilon);
        Note(options, "weight_decay", WeightDecay);
    }

    internal override void ThrowIfNotValid()
    {
        ThrowIfNotShare(Beta1, "Adam's beta 1");
        ThrowIfNotShare(Beta2, "Adam's beta 2");
        ThrowIfNotPositive(Epsilon, "Adam's epsilon");
        ThrowIfNegative(WeightDecay, "The weight decay");
    }

    internal override IParameterUpdate Start(int parameters) => new Update(this, parameters);

    private sealed class Update(AdamOptimizer options, int parameters) : IParameterUpdate
    {
        private readonly double[] _first = new double[parameters];
        private readonly double[] _second = new double[parameters];
        private double _power1 = 1;
        private double _power2 = 1;

        public void Apply(double rate, double scale, ReadOnlySpan<double> sums, Span<double> parameters)
        {
            _power1 *= options.Beta1;
            _power2 *= options.Beta2;
            if (options.WeightDecay > 0)
            {
                DoubleKernels.AddScaled(-rate * options.WeightDecay, parameters, parameters);
            }

            var corrected = rate * Math.Sqrt(1 - _power2) / (1 - _power1);
            UpdateKernels.Adam(corrected, scale, options.Beta1, options.Beta2, options.Epsilon, sums, _first, _second, parameters);
        }
    }
}
