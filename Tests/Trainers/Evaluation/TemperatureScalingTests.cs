using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Trainers.Tests.Evaluation;

public sealed class TemperatureScalingTests
{
    [Fact]
    public void Probabilities_tell_the_same_temperature_as_their_logits()
    {
        var (logits, actual) = Data();
        var probabilities = Softmax(logits, 1);
        Assert.Equal(TemperatureScaling.Fit(logits, actual), TemperatureScaling.FitProbabilities(probabilities, actual)!.Value, 1e-4);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3.7)]
    public void Applying_it_is_dividing_the_logits(double temperature)
    {
        var (logits, _) = Data();
        var probabilities = Softmax(logits, 1);
        TemperatureScaling.Apply(probabilities, 3, temperature);
        var expected = Softmax(logits, temperature);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], probabilities[i], 1e-5f);
        }
    }

    [Fact]
    public void A_probability_of_zero_stays_zero()
    {
        float[] probabilities = [1, 0, 0];
        TemperatureScaling.Apply(probabilities, 3, 10);
        Assert.Equal([1f, 0, 0], probabilities);
    }

    [Fact]
    public void Rows_that_are_all_right_tell_none()
    {
        Assert.Null(TemperatureScaling.FitProbabilities([0.9f, 0.1f, 0.2f, 0.8f], [0, 1]));
        Assert.Null(TemperatureScaling.FitProbabilities([0.9f, 0.1f, 0.2f, 0.8f], [1, 0]));
        Assert.NotNull(TemperatureScaling.FitProbabilities([0.9f, 0.1f, 0.2f, 0.8f, 0.7f, 0.3f], [0, 1, 1]));
    }

    [Fact]
    public void Rows_of_a_class_that_was_not_trained_on_do_not_count()
    {
        var (logits, actual) = Data();
        var probabilities = Softmax(logits, 1);
        float[] wider = [.. probabilities.Chunk(3).SelectMany(row => row.Append(0f)), 0.7f, 0.2f, 0.1f, 0];
        Assert.Equal(TemperatureScaling.FitProbabilities(probabilities, actual), TemperatureScaling.FitProbabilities(wider, [.. actual, 3]));
        Assert.Null(TemperatureScaling.FitProbabilities([0.9f, 0.1f, 0], [2]));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TemperatureScaling.FitProbabilities([0.5f, 0.5f, 1], [0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureScaling.Apply([0.5f, 0.5f], 2, 0));
    }

    private static (float[] Logits, int[] Actual) Data()
    {
        var random = new Random(4);
        var actual = Enumerable.Range(0, 60).Select(row => row % 3).ToArray();
        var logits = Enumerable.Range(0, 180).Select(i => (float)((6 * (random.NextDouble() - 0.5)) + (i % 3 == actual[i / 3] ? 1 : 0))).ToArray();
        return (logits, actual);
    }

    private static float[] Softmax(float[] logits, double temperature) =>
        [.. logits.Chunk(3).SelectMany(row =>
        {
            var powers = row.Select(logit => Math.Exp(logit / temperature)).ToArray();
            return powers.Select(power => (float)(power / powers.Sum()));
        })];
}
