using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Tests.Losses;

public sealed class SoftmaxObjectiveTests
{
    [Theory]
    [InlineData(37, 5, 3, 0.0)]
    [InlineData(64, 33, 2, 0.01)]
    [InlineData(101, 7, 12, 0.1)]
    public void Value_and_gradient_agree_with_the_definition_and_with_differences(int rows, int columns, int classes, double l2)
    {
        var (features, labels) = RandomData.Classes(rows, columns, classes);
        var random = new Random(5);
        var rowWeights = Enumerable.Range(0, rows).Select(_ => random.NextDouble() + 0.5).ToArray();
        using var centered = new CenteredRows(features, false, 2, default);
        using var objective = new SoftmaxObjective(centered, labels, rowWeights, classes, l2, 0, 2, default);
        var point = new double[objective.Length];
        for (var c = 0; c < classes; c++)
        {
            for (var d = 0; d < columns; d++)
            {
                point[(c * centered.PaddedColumns) + d] = (float)(random.NextDouble() - 0.5);
            }

            point[(classes * centered.PaddedColumns) + c] = random.NextDouble() - 0.5;
        }

        var gradient = new double[objective.Length];
        var value = objective.Evaluate(point, gradient);
        Assert.Equal(Definition(point), value, 1e-6);
        for (var i = 0; i < point.Length; i++)
        {
            var isPadding = i < classes * centered.PaddedColumns && i % centered.PaddedColumns >= columns;
            const double h = 1e-4;
            var slope = isPadding ? 0 : (Definition(Moved(point, i, h)) - Definition(Moved(point, i, -h))) / (2 * h);
            Assert.Equal(slope, gradient[i], 2e-6);
        }

        double Definition(double[] at)
        {
            var sum = 0.0;
            for (var r = 0; r < rows; r++)
            {
                var logits = Enumerable.Range(0, classes).Select(c => at[(classes * centered.PaddedColumns) + c] + Enumerable.Range(0, columns)
                    .Sum(d => at[(c * centered.PaddedColumns) + d] * (features.Row(r)[d] - (double)centered.Means[d]))).ToArray();
                sum += rowWeights[r] * (Math.Log(logits.Sum(Math.Exp)) - logits[labels[r]]);
            }

            return (sum / rows) + (l2 / 2 * at.Take(classes * centered.PaddedColumns).Sum(w => w * w));
        }
    }

    [Theory]
    [InlineData(1000, 40, 3)]
    [InlineData(333, 2048, 7)]
    public void Threads_and_keeping_the_matrix_do_not_change_a_bit(int rows, int columns, int classes)
    {
        var (features, labels) = RandomData.Classes(rows, columns, classes);
        double[]? expected = null;
        foreach (var (threads, keepBytes) in new (int, long?)[] { (1, null), (2, null), (5, null), (1, 0), (3, 0) })
        {
            using var centered = new CenteredRows(features, false, threads, default, keepBytes);
            using var objective = new SoftmaxObjective(centered, labels, null, classes, 0.01, 0, threads, default);
            var point = Enumerable.Range(0, objective.Length).Select(i => Math.Sin(i)).ToArray();
            var gradient = new double[objective.Length];
            var value = objective.Evaluate(point, gradient);
            double[] found = [value, .. gradient];
            expected ??= found;
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void Partition_covers_every_row_once()
    {
        foreach (var (rows, classes, parameters) in new (int, int, long)[] { (1, 2, 4), (31, 5, 100), (3000, 5, 10_000), (100_000, 1000, 2_000_000), (int.MaxValue, 2, 4) })
        {
            var partition = RowPartition.For(rows, classes, parameters);
            Assert.Equal(0, partition.BlockRows % 2);
            Assert.Equal(0, partition.ChunkRows % partition.BlockRows);
            long next = 0;
            for (var chunk = 0; chunk < partition.Chunks; chunk++)
            {
                var (start, end) = partition.Chunk(chunk);
                Assert.Equal(next, start);
                Assert.True(end > start);
                next = end;
            }

            Assert.Equal(rows, next);
        }
    }

    private static double[] Moved(double[] point, int index, double by)
    {
        var moved = (double[])point.Clone();
        moved[index] += by;
        return moved;
    }
}
