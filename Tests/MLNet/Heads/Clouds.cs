using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Trainers;

namespace MlTransfer.ML.Tests.Heads;

/// <summary>Three overlapping clouds of points; the first features tell them apart, the last do not.</summary>
internal static class Clouds
{
    public const int Dimension = 12;

    public static readonly string[] Labels = ["daisy", "roses", "tulips"];

    public static Row[] Rows()
    {
        var random = new Random(5);
        return
        [
            .. Enumerable.Range(0, 150).Select(i => new Row
            {
                Label = Labels[i % 3],
                Features = [.. Enumerable.Range(0, Dimension).Select(d => (float)((d == i % 3 ? 2.2 : 0) + random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))],
            }),
        ];
    }

    public static SchemaShape Shape(MLContext ml) => Pipelines.ShapeOf<Row>(ml);

    /// <summary>The rows, labels mapped to keys.</summary>
    public static IDataView Data(MLContext ml)
    {
        var data = ml.Data.LoadFromEnumerable(Rows());
        return ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
    }

    public static (FeatureMatrix Features, int[] Labels) Matrix()
    {
        var rows = Rows();
        return (new FeatureMatrix(rows.SelectMany(row => row.Features).ToArray(), rows.Length, Dimension), [.. rows.Select(row => Array.IndexOf(Labels, row.Label))]);
    }

    internal sealed class Row
    {
        public string Label { get; set; } = "";

        [VectorType(Dimension)]
        public float[] Features { get; set; } = [];
    }
}
