namespace MlTransfer.Trainers.Tests;

/// <summary>Made-up training data: each class has its own centre, features are never negative, as bottlenecks.</summary>
internal static class RandomData
{
    public static (FeatureMatrix Features, int[] Labels) Classes(int rows, int columns, int classes, int seed = 1, double separation = 0.5)
    {
        var random = new Random(seed);
        var centers = Enumerable.Range(0, classes * columns).Select(_ => random.NextDouble() * separation).ToArray();
        var values = new float[rows * columns];
        var labels = new int[rows];
        for (var r = 0; r < rows; r++)
        {
            labels[r] = r % classes;
            for (var d = 0; d < columns; d++)
            {
                values[(r * columns) + d] = (float)(centers[(labels[r] * columns) + d] + random.NextDouble());
            }
        }

        return (new FeatureMatrix(values, rows, columns), labels);
    }

    /// <summary>A copy of one row.</summary>
    public static float[] Row(this IFeatureSource features, int row)
    {
        var values = new float[features.Columns];
        features.CopyRow(row, values);
        return values;
    }

    public static float[] Values(FeatureMatrix features)
    {
        var values = new float[features.Rows * features.Columns];
        for (var r = 0; r < features.Rows; r++)
        {
            features.Row(r).CopyTo(values.AsSpan(r * features.Columns));
        }

        return values;
    }
}
