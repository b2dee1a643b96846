using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Trainers;

namespace MlTransfer.ML.Heads;

/// <summary>Reads features, labels and weights of ML.NET data into memory, in one walk.</summary>
internal static class TrainingData
{
    /// <summary>Looking costs as much as some rows, and shows in the context's log.</summary>
    private static readonly TimeSpan s_checkEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>The rows that have a label.</summary>
    /// <param name="data">The data.</param>
    /// <param name="options">Names of the columns.</param>
    /// <param name="checkCancelled">Throws where the work was cancelled.</param>
    /// <exception cref="TrainingDataException">A value cannot be learned from, or there are more rows than fit; the message names the row.</exception>
    public static TrainingRows Read(IDataView data, SoftmaxHeadOptions options, Action checkCancelled)
    {
        var schema = data.Schema;
        var featureColumn = schema[options.FeatureColumnName];
        var labelColumn = schema[options.LabelColumnName];
        DataViewSchema.Column? weightColumn = options.ExampleWeightColumnName is { } name ? schema[name] : null;
        var dimension = ((VectorDataViewType)featureColumn.Type).Size;
        var most = Array.MaxLength / dimension;

        var sinceCheck = Stopwatch.StartNew();
        var features = new float[Math.Min(data.GetRowCount() ?? 256, most) * dimension];
        var labels = new List<int>();
        var weights = new List<double>();
        using var cursor = data.GetRowCursor(weightColumn is { } weighted ? [featureColumn, labelColumn, weighted] : [featureColumn, labelColumn]);
        var featureGetter = cursor.GetGetter<VBuffer<float>>(featureColumn);
        var label = KeyReader.Create(cursor, labelColumn);
        var weightGetter = weightColumn is { } column ? cursor.GetGetter<float>(column) : null;
        VBuffer<float> row = default;
        float weight = 1;
        while (cursor.MoveNext())
        {
            var number = label();
            if (number < 0)
            {
                // A row without a class tells nothing; ML.NET's trainers pass over it too.
                continue;
            }

            if (labels.Count == most)
            {
                throw new TrainingDataException($"More than {most} rows of {dimension} features do not fit one array; fit on fewer rows, for example with ml.Data.TakeRows.");
            }

            if (sinceCheck.Elapsed > s_checkEvery)
            {
                checkCancelled();
                sinceCheck.Restart();
            }

            if ((labels.Count + 1) * dimension > features.Length)
            {
                Array.Resize(ref features, (int)Math.Min((long)most * dimension, 2L * features.Length + dimension));
            }

            featureGetter(ref row);
            var target = features.AsSpan(labels.Count * dimension, dimension);
            Take(row, target, cursor.Position);
            weightGetter?.Invoke(ref weight);
            if (!float.IsFinite(weight) || weight < 0)
            {
                throw new TrainingDataException($"{RowName(cursor.Position)} has the weight {weight}; weights must be zero or more and finite.");
            }

            labels.Add(number);
            weights.Add(weight);
        }

        return new TrainingRows
        {
            Features = new FeatureMatrix(features.AsMemory(0, labels.Count * dimension), labels.Count, dimension),
            Labels = labels.ToArray(),
            SampleWeights = weightGetter is null ? default : weights.ToArray(),
        };
    }

    private static void Take(in VBuffer<float> row, Span<float> target, long position)
    {
        if (row.Length != target.Length)
        {
            throw new TrainingDataException($"{RowName(position)} has {row.Length} features; {target.Length} were promised.");
        }

        row.CopyTo(target);
        for (var d = 0; d < target.Length; d++)
        {
            if (!float.IsFinite(target[d]))
            {
                throw new TrainingDataException(
                    $"{RowName(position)} holds {target[d]} in slot {d} of its features; every feature must be a finite number. Leave such rows out with ml.Data.FilterRowsByMissingValues.");
            }
        }
    }

    private static string RowName(long position) => string.Create(CultureInfo.InvariantCulture, $"Row {position}");
}
