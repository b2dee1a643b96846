namespace MlTransfer.Trainers;

/// <summary>What trainers check of features and say about their rows.</summary>
internal static class FeatureChecks
{
    private const int RowsAtOnce = 1024;

    /// <summary>How a message calls a row: its number and, where known, its name.</summary>
    public static string Describe(this IFeatureSource features, int row) => features.Names is { } names ? $"row {row} ({names[row]})" : $"row {row}";

    /// <summary>Names the first number that is not finite, if there is one.</summary>
    public static void ThrowIfNotFinite(this IFeatureSource features)
    {
        var row = new float[features.Columns];
        for (var r = 0; r < features.Rows; r++)
        {
            features.CopyRow(r, row);
            for (var d = 0; d < row.Length; d++)
            {
                if (!float.IsFinite(row[d]))
                {
                    throw new TrainingDataException(
                        $"{features.Describe(r)} holds {row[d]} in column {d}; every feature must be a finite number. Extract the features of this example again, or leave it out.");
                }
            }

            if (r % RowsAtOnce == RowsAtOnce - 1)
            {
                features.Release(r - (RowsAtOnce - 1), RowsAtOnce);
            }
        }
    }
}
