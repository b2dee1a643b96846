using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Tests.Losses;

public sealed unsafe class SmoothedCrossEntropyTests
{
    /// <summary>Slopes against central differences in float64, for hard and smoothed labels, weighted or not.</summary>
    [Theory]
    [InlineData(2, 0.0, 1.0)]
    [InlineData(5, 0.0, 2.5)]
    [InlineData(5, 0.1, 1.0)]
    [InlineData(9, 0.6, 0.3)]
    public void Slopes_agree_with_differences(int classes, double smoothing, double weight)
    {
        var random = new Random(classes);
        var logits = Enumerable.Range(0, classes).Select(_ => 4 * (random.NextDouble() - 0.5)).ToArray();
        const double h = 1e-5;
        for (var label = 0; label < classes; label++)
        {
            var (loss, slopes, sums) = Evaluate(logits, label);
            Assert.Equal(Definition(logits, label), loss, 1e-12);
            for (var c = 0; c < classes; c++)
            {
                var (up, down) = ((double[])logits.Clone(), (double[])logits.Clone());
                up[c] += h;
                down[c] -= h;
                Assert.Equal((Definition(up, label) - Definition(down, label)) / (2 * h), sums[c], 1e-9);
                Assert.Equal((float)sums[c], slopes[c]);
            }

            Assert.Equal(0, sums.Sum(), 1e-12);
        }

        (double Loss, float[] Slopes, double[] Sums) Evaluate(double[] at, int label)
        {
            var padded = SoftmaxRows.PaddedClasses(classes);
            var row = Enumerable.Range(0, padded).Select(c => c < classes ? at[c] : double.NegativeInfinity).ToArray();
            var (slopes, sums) = (new float[padded], new double[padded]);
            fixed (double* z = row, s = sums)
            {
                fixed (float* f = slopes)
                {
                    return (SmoothedCrossEntropy.Measure(z, classes, padded, label, weight, smoothing, f, s), slopes, sums);
                }
            }
        }

        double Definition(double[] at, int label)
        {
            var logSum = Math.Log(at.Sum(Math.Exp));
            return weight * Enumerable.Range(0, classes).Sum(c => (((c == label ? 1 - smoothing : 0) + (smoothing / classes)) * (logSum - at[c])));
        }
    }
}
