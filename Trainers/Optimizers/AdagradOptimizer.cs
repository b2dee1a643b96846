using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>Adagrad (Duchi, Hazan, Singer, 2011): the gradient over the root of the sum of all its squares; epsilon inside the root, as in Keras.</summary>
public sealed record AdagradOptimizer : Optimizer
{
    /// <summary>What the sum of squares starts from, zero or more, default 0.1.</summary>
    public double InitialAccumulator { get; init; } = 0.1;

    /// <summary>Added inside the root, above zero, default 1e-7.</summary>
    public double Epsilon { get; init; } = 1e-7;

    internal override string Name => "adagrad";

    internal override void Describe(IDictionary<string, string> options)
    {
        Note(options, "initial_accumulator", InitialAccumulator);
        Note(options, "epsilon", Epsilon);
    }

    internal override void ThrowIfNotValid()
    {
        ThrowIfNegative(InitialAccumulator, "Adagrad's initial accumulator");
        ThrowIfNotPositive(Epsilon, "Adagrad's epsilon");
    }

    internal override IParameterUpdate Start(int parameters) => new Update(this, parameters);

    private sealed class Update : IParameterUpdate
    {
        private readonly double _epsilon;
        private readonly double[] _accumulator;

        public Update(AdagradOptimizer options, int parameters)
        {
            _epsilon = options.Epsilon;
            _accumulator = new double[parameters];
            Array.Fill(_accumulator, options.InitialAccumulator);
        }

        public void Apply(double rate, double scale, ReadOnlySpan<double> sums, Span<double> parameters) =>
            UpdateKernels.Adagrad(rate, scale, _epsilon, sums, _accumulator, parameters);
    }
}
