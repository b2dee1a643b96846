using MlTransfer.Trainers.DualAscent;

namespace MlTransfer.Trainers.Tests.DualAscent;

public sealed class EntropyStepTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1e-6)]
    [InlineData(0.3)]
    [InlineData(20)]
    [InlineData(1e6)]
    public void The_condition_of_the_maximum_holds(double q)
    {
        var random = new Random(3);
        foreach (var classes in new[] { 2, 5, 40 })
        {
            foreach (var spread in new[] { 0.1, 5, 60 })
            {
                var logits = Enumerable.Range(0, classes).Select(_ => spread * (random.NextDouble() - 0.5)).ToArray();
                var previous = Enumerable.Range(0, classes).Select(_ => random.NextDouble()).ToArray();
                previous = [.. previous.Select(p => p / previous.Sum())];
                var found = (double[])previous.Clone();
                EntropyStep.Maximize((double[])logits.Clone(), found, q);
                Assert.Equal(1, found.Sum(), 1e-12);

                // The slope of Σ p · z − Σ p · ln p − q / 2 · ‖p − previous‖² is the same in every class that has any probability to speak of.
                var slopes = Enumerable.Range(0, classes).Where(c => found[c] > 1e-200)
                    .Select(c => logits[c] - Math.Log(found[c]) - (q * (found[c] - previous[c]))).ToArray();
                Assert.All(slopes, slope => Assert.Equal(slopes[0], slope, 1e-9 * (1 + spread + q)));
            }
        }
    }

    [Fact]
    public void Without_own_influence_it_is_softmax()
    {
        double[] logits = [1, 2, 4];
        double[] found = [1, 0, 0];
        EntropyStep.Maximize((double[])logits.Clone(), found, 0);
        var sum = logits.Sum(Math.Exp);
        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(Math.Exp(logits[c]) / sum, found[c], 1e-13));
    }
}
