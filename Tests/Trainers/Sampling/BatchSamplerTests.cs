using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers.Tests.Sampling;

public sealed class BatchSamplerTests
{
    [Fact]
    public void Shuffled_every_row_comes_once_an_epoch_in_another_order()
    {
        var sampler = new BatchSampler(BatchSampling.Shuffled, Classes([.. Enumerable.Range(0, 50).Select(row => row % 2)], 2), new SeededRandom(1));
        var batch = new int[20];
        var epochs = Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, 3).SelectMany(_ => batch[..sampler.Next(batch)]).ToArray()).ToArray();
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 50), epoch.Order()));
        Assert.NotEqual(Enumerable.Range(0, 50), epochs[0]);
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(epochs[1], epochs[2]);
    }

    private static PresentClasses Classes(int[] labels, int classes) =>
        PresentClasses.Of(new FeatureMatrix(new float[labels.Length], labels.Length, 1), labels, TrainerGoldens.ClassNames(classes));

    [Fact]
    public void In_order_goes_through_each_epoch_with_a_smaller_last_batch()
    {
        var sampler = new BatchSampler(BatchSampling.InOrder, Classes([0, 1, 0, 1, 0], 2), new SeededRandom(1));
        var batch = new int[2];
        var seen = new List<int[]>();
        for (var i = 0; i < 4; i++)
        {
            seen.Add(batch[..sampler.Next(batch)]);
        }

        Assert.Equal([[0, 1], [2, 3], [4], [0, 1]], seen);
    }

    [Fact]
    public void Class_then_row_draws_classes_evenly_and_every_row()
    {
        var labels = Enumerable.Range(0, 100).Select(row => row < 95 ? 0 : 2).ToArray();
        var sampler = new BatchSampler(BatchSampling.ClassThenRow, Classes(labels, 3), new SeededRandom(1));
        var batch = new int[20_000];
        Assert.Equal(batch.Length, sampler.Next(batch));
        Assert.InRange(batch.Count(row => labels[row] == 2), 9_700, 10_300);
        Assert.Equal(100, batch.Distinct().Count());
    }

    [Fact]
    public void Normal_numbers_are_cut_at_two_deviations()
    {
        var random = new SeededRandom(42);
        var values = Enumerable.Range(0, 50_000).Select(_ => random.NextTruncatedNormal()).ToArray();
        Assert.All(values, value => Assert.InRange(value, -2, 2));
        Assert.Equal(0, values.Average(), 0.02);

        // The deviation of a standard normal cut at ±2 is 0.8796.
        Assert.Equal(0.8796, Math.Sqrt(values.Average(value => value * value)), 0.01);
    }
}
