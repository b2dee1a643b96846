using System.Globalization;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers;

/// <summary>What <see cref="SoftmaxRegressionTrainer"/> minimises and when it stops.</summary>
/// <remarks>
/// scikit-learn's LogisticRegression with <c>C</c>, <c>l1_ratio</c> and n training rows is L1 = l1_ratio / (C · n), L2 = (1 − l1_ratio) / (C · n):
/// see <see cref="WithC"/>.
/// </remarks>
public sealed record SoftmaxRegressionOptions
{
    /// <summary>Default of <see cref="L2"/>.</summary>
    public const double DefaultL2 = 3e-4;

    /// <summary>Names of the classes; label k means <c>Labels[k]</c>. At least two, all different.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>
    /// Strength of the penalty (L2 / 2) · Σ W² beside the mean cross-entropy; zero or more, default 0.0003. The bias is not penalised.
    /// scikit-learn's C is 1 / (L2 · rows). The default was chosen by three-fold cross-validation of 3,000 flower photos, 5 classes: the bundled graph's
    /// last layer does best at 0.0001 (accuracy 76.0 %; 74.7 % at the default), its tap mixed8 at 0.001 (85.1 %; 85.1 % at the default).
    /// </summary>
    public double L2 { get; init; } = DefaultL2;

    /// <summary>
    /// Strength of the penalty L1 · Σ |W|, zero (default) or more: makes weights exactly zero, fitted by OWL-QN. With <see cref="L2"/> it is an elastic net.
    /// </summary>
    public double L1 { get; init; }

    /// <summary>
    /// Whether each feature is divided by its standard deviation before the penalty is applied; default no. The division is folded into the weights, so the
    /// layer takes features as they are. A constant feature keeps its scale, and gets no weight.
    /// </summary>
    public bool Standardize { get; init; }

    /// <summary>Share of each label that is spread evenly over all classes, 0 (default) to less than 1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Whether rows of rare classes count more; default no.</summary>
    public ClassWeighting ClassWeighting { get; init; }

    /// <summary>How much a row of each class counts, one number a class in the order of <see cref="Labels"/>, zero or more; null (default) means 1 each.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>Where to start (warm start); null (default) starts from zero. It decides how long the fit takes, not where it ends.</summary>
    public SoftmaxWeights? InitialWeights { get; init; }

    /// <summary>
    /// Stop when the objective is proved to be within this share of its optimum, default 1e-8. The proof: with the bias at its best, the objective is
    /// L2-strongly convex in W, so it lies at most ‖gradient‖² / (2 · L2) above the optimum. Not used when <see cref="L2"/> is zero.
    /// </summary>
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>
    /// Stop when the gradient's Euclidean norm has shrunk to this share of its norm at zero weights, default 1e-7; zero turns the rule off. A gradient alone
    /// says little of how near the optimum is where the penalty is weak or features are large, so where <see cref="L2"/> is above zero the objective must
    /// also have come to rest: over the last ten iterations it fell by no more than <see cref="Tolerance"/> an iteration.
    /// </summary>
    public double GradientTolerance { get; init; } = 1e-7;

    /// <summary>Most iterations of L-BFGS or OWL-QN, default 1,000.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>
    /// Pairs of steps and gradients that L-BFGS remembers, default 40; fewer, but at least 5, where they would take more than 256 MiB. On bottleneck
    /// features 40 take a quarter to a third fewer iterations than 20.
    /// </summary>
    public int Memory { get; init; } = 40;

    /// <summary>Threads to use; default one a processor. The result is the same, bit for bit, for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>These options with the penalty that scikit-learn's <c>C</c> and <c>l1_ratio</c> mean for so many training rows.</summary>
    /// <param name="c">Inverse strength, above zero; infinity means no penalty.</param>
    /// <param name="l1Ratio">Share of the L1 penalty, 0 (L2 alone) to 1 (L1 alone).</param>
    /// <param name="rows">Training rows, one or more.</param>
    public SoftmaxRegressionOptions WithC(double c, double l1Ratio, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(c);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return WithStrength(1 / (c * rows), l1Ratio);
    }

    /// <summary>These options with a penalty of which a share is L1: L1 = share · strength, L2 = (1 − share) · strength.</summary>
    /// <param name="strength">Zero or more.</param>
    /// <param name="l1Ratio">Share of the L1 penalty, 0 to 1.</param>
    public SoftmaxRegressionOptions WithStrength(double strength, double l1Ratio)
    {
        if (!(l1Ratio >= 0 && l1Ratio <= 1))
        {
            throw new ArgumentException($"The share of L1 must be from 0 to 1; {l1Ratio} was given.", nameof(l1Ratio));
        }

        return this with { L1 = l1Ratio * strength, L2 = (1 - l1Ratio) * strength };
    }

    /// <summary>What is minimised, by name, for the head file.</summary>
    internal Dictionary<string, string> DescribeObjective()
    {
        var texts = new Dictionary<string, string> { ["l2"] = Text(L2) };
        if (L1 > 0)
        {
            texts["l1"] = Text(L1);
        }

        if (Standardize)
        {
            texts["standardize"] = "true";
        }

        if (LabelSmoothing > 0)
        {
            texts["label_smoothing"] = Text(LabelSmoothing);
        }

        if (ClassWeights is { } weights)
        {
            texts["class_weights"] = string.Join(',', Labels.Zip(weights, (label, weight) => $"{label}={Text(weight)}"));
        }
        else if (ClassWeighting == ClassWeighting.Balanced)
        {
            texts["class_weights"] = "balanced";
        }

        return texts;
    }

    /// <summary>Throws an <see cref="ArgumentException"/> that says which option is out of its range.</summary>
    internal void ThrowIfNotValid()
    {
        LabelChecks.ThrowIfNotClassNames(Labels);
        ThrowIf(!double.IsFinite(L2) || L2 < 0, $"L2 must be zero or more and finite; {L2} was given.");
        ThrowIf(!double.IsFinite(L1) || L1 < 0, $"L1 must be zero or more and finite; {L1} was given.");
        ThrowIf(!(LabelSmoothing >= 0 && LabelSmoothing < 1), $"Label smoothing must be at least 0 and less than 1; {LabelSmoothing} was given.");
        LabelChecks.ThrowIfNotClassWeights(Labels, ClassWeights);
        ThrowIf(InitialWeights is { } initial && initial.Classes != Labels.Count, $"The initial weights are for {InitialWeights?.Classes} classes; there are {Labels.Count}.");
        ThrowIf(!(Tolerance >= 0 && Tolerance < 1), $"The tolerance must be at least 0 and less than 1; {Tolerance} was given.");
        ThrowIf(!(GradientTolerance >= 0 && GradientTolerance < 1), $"The gradient tolerance must be at least 0 and less than 1; {GradientTolerance} was given.");
        ThrowIf(MaxIterations < 0, $"The number of iterations must be zero or more; {MaxIterations} was given.");
        ThrowIf(Memory < 1, $"L-BFGS remembers one pair or more; {Memory} was given.");
        ThrowIf(Threads < 1, $"One thread or more is needed; {Threads} was given.");
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void ThrowIf(bool wrong, string message)
    {
        if (wrong)
        {
            throw new ArgumentException(message);
        }
    }
}
