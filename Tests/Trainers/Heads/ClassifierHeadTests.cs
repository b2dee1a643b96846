using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Tests.Heads;

/// <summary>What heads of every kind have in common.</summary>
public sealed class ClassifierHeadTests
{
    public static TheoryData<string, int, int> Shapes()
    {
        var shapes = new TheoryData<string, int, int>();
        foreach (var kind in HeadExamples.Kinds)
        {
            shapes.Add(kind, 1, 2);
            shapes.Add(kind, 33, 9);
            shapes.Add(kind, 2048, 3);
        }

        return shapes;
    }

    private static FeatureMatrix Rows(int count, int features)
    {
        var random = new Random(4);
        return new FeatureMatrix(Enumerable.Range(0, count * features).Select(_ => random.NextSingle()).ToArray(), count, features);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Probabilities_are_the_same_bits_alone_in_a_batch_and_with_any_threads(string kind, int features, int classes)
    {
        var head = HeadExamples.Create(kind, features, classes);
        var rows = Rows(71, features);
        var batch = head.Predict(rows, threads: 3);
        Assert.Equal(batch, head.Predict(rows, threads: 1));
        for (var r = 0; r < rows.Rows; r++)
        {
            var own = new float[classes];
            head.Predict(rows.Row(r), own);
            Assert.Equal(own, batch.AsSpan(r * classes, classes).ToArray());
            Assert.Equal(1, own.Sum(probability => (double)probability), 1e-5);
        }

        Assert.Empty(head.Predict(Rows(0, features)));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_temperature_softens_and_keeps_the_order(string kind, int features, int classes)
    {
        var head = HeadExamples.Create(kind, features, classes);
        var plain = head.WithDescription(head.Description with { Temperature = null });
        var warm = head.WithDescription(head.Description with { Temperature = 2.5 });
        var rows = Rows(9, features);
        var before = plain.Predict(rows);
        var after = warm.Predict(rows);
        for (var r = 0; r < 9; r++)
        {
            var own = before.AsSpan(r * classes, classes).ToArray();
            var powers = own.Select(probability => Math.Pow(probability, 1 / 2.5)).ToArray();
            for (var c = 0; c < classes; c++)
            {
                Assert.Equal(powers[c] / powers.Sum(), after[(r * classes) + c], 1e-5);
            }
        }

        Assert.Throws<ArgumentException>(() => head.WithDescription(head.Description with { Temperature = -1 }));
        Assert.Throws<ArgumentException>(() => head.WithDescription(head.Description with { Labels = ["only", "two", "three", "four"] }));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Features_that_are_no_numbers_are_refused_with_row_and_column(string kind, int features, int classes)
    {
        var head = HeadExamples.Create(kind, features, classes);
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var values = new float[4 * features];
            values[(2 * features) + features - 1] = bad;
            var error = Assert.Throws<ArgumentException>(() => head.Predict(new FeatureMatrix(values, 4, features))).Message;
            Assert.Contains("row 2", error, StringComparison.Ordinal);
            Assert.Contains($"column {features - 1}", error, StringComparison.Ordinal);
            Assert.Contains("finite", Assert.Throws<ArgumentException>(() => head.Predict(values.AsSpan(2 * features, features), new float[classes])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_network_is_dense_relu_dense_softmax()
    {
        var head = (NetworkHead)HeadExamples.Create("network", 40, 7);
        head = (NetworkHead)head.WithDescription(head.Description with { Temperature = null });
        var rows = Rows(5, 40);
        var probabilities = head.Predict(rows);
        for (var r = 0; r < 5; r++)
        {
            var values = rows.Row(r).ToArray().Select(value => (double)value).ToArray();
            foreach (var layer in head.Weights.Layers)
            {
                var input = values;
                var (weight, bias, last) = (layer.Weight.ToArray(), layer.Bias.ToArray(), layer == head.Weights.Layers[^1]);
                values = [.. Enumerable.Range(0, layer.Units).Select(unit =>
                {
                    var sum = bias[unit] + input.Select((x, d) => x * weight[(unit * input.Length) + d]).Sum();
                    return last ? sum : Math.Max(0, sum);
                })];
            }

            for (var c = 0; c < 7; c++)
            {
                Assert.Equal(Math.Exp(values[c]) / values.Sum(Math.Exp), probabilities[(r * 7) + c], 1e-5);
            }
        }
    }
}
