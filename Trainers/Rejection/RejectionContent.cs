using System.Text.Json;
using System.Text.Json.Serialization;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Rejection;

/// <summary>What a head file keeps of a <see cref="RejectionRule"/>: thresholds as metadata <c>rejection</c>, the rest as tensors <c>rejection.*</c>.</summary>
internal static class RejectionContent
{
    /// <summary>Key of the metadata.</summary>
    public const string Key = "rejection";

    private const string Centroids = "rejection.centroids";
    private const string Axes = "rejection.axes";
    private const string Variances = "rejection.variances";

    /// <summary>The thresholds, as JSON.</summary>
    public static string ToText(RejectionRule rule) =>
        JsonSerializer.Serialize(new Thresholds(rule.MinimumProbability, rule.MaximumDistance, rule.Rate, rule.ValidationRows), HeadFile.Json);

    /// <summary>The tensors.</summary>
    public static IEnumerable<SafetensorsTensor> ToTensors(RejectionRule rule)
    {
        var distance = rule.Distance;
        yield return HeadContent.Float32(Centroids, [distance.Centroids.Length, distance.Features], distance.Centroids.SelectMany(centroid => centroid).ToArray());
        yield return HeadContent.Float32(Variances, [distance.Variances.Length], Array.ConvertAll(distance.Variances, variance => (float)variance));
        if (distance.Axes.Length > 0)
        {
            yield return HeadContent.Float32(Axes, [distance.Axes.Length, distance.Features], distance.Axes.SelectMany(axis => axis).ToArray());
        }
    }

    /// <summary>Reads a rule; null where the head has none.</summary>
    /// <exception cref="InvalidDataException">Something of it is missing or out of range.</exception>
    public static RejectionRule? Read(HeadReader file)
    {
        if (file.FromJson<Thresholds>(Key) is not { } thresholds)
        {
            return null;
        }

        if (!(thresholds.MinimumProbability is >= 0 and <= 1 && thresholds.MaximumDistance >= 0 && thresholds.Rate is >= 0 and <= 0.5 && thresholds.ValidationRows > 0))
        {
            throw new InvalidDataException(
                $"its rejection thresholds are out of range: probability {thresholds.MinimumProbability} (0 to 1), distance {thresholds.MaximumDistance} (0 or more), rate {thresholds.Rate} (0 to 0.5), {thresholds.ValidationRows} rows (1 or more).");
        }

        var centroids = Rows(file, Centroids) ?? throw new InvalidDataException($"it has rejection thresholds but no tensor '{Centroids}'.");
        var axes = Rows(file, Axes) ?? [];
        var variances = Array.ConvertAll(file.Float32(Variances, axes.Length + 1), variance => (double)variance);
        if (variances.Any(variance => !(variance > 0 && double.IsFinite(variance))) || centroids.Concat(axes).Any(row => row.Any(value => !float.IsFinite(value))))
        {
            throw new InvalidDataException("its rejection tensors must hold finite numbers, variances above zero.");
        }

        return new RejectionRule(new ClassDistance(centroids, axes, variances), thresholds.MinimumProbability, thresholds.MaximumDistance, thresholds.Rate, thresholds.ValidationRows);
    }

    private static float[][]? Rows(HeadReader file, string name) => file.Shape(name) is { } shape
        ? [.. file.Float32(name, shape.Rows, file.FeatureDimension).Chunk(file.FeatureDimension)]
        : null;

    private sealed record Thresholds(
        [property: JsonRequired] double MinimumProbability,
        [property: JsonRequired] double MaximumDistance,
        [property: JsonRequired] double Rate,
        [property: JsonRequired] int ValidationRows);
}
