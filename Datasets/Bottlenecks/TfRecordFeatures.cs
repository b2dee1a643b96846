using System.Text;
using MlTransfer.Datasets.Records;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>
/// Reads TFRecord files of bottleneck features: tf.train.Example with a list of floats (<c>features</c>, <c>bottleneck</c>, <c>embedding</c> … or the only one there is), a label
/// (<c>label</c>, <c>image/class/label</c>: a number or a text) and, maybe, a name (<c>path</c>, <c>filename</c>, <c>image/filename</c>).
/// </summary>
internal static class TfRecordFeatures
{
    private static readonly string[] FeatureKeys = ["features", "feature", "bottleneck", "bottlenecks", "embedding", "embeddings", "image/features", "image/bottleneck", "image/embedding", "x"];
    private static readonly string[] LabelKeys = ["label", "labels", "image/class/text", "image/class/label", "class", "target", "y"];
    private static readonly string[] NameKeys = ["path", "filename", "image/filename", "image/path", "name", "id"];

    /// <summary>Reads all records.</summary>
    /// <exception cref="InvalidDataException">Damaged, no features, or rows that differ; the message names the record.</exception>
    public static BottleneckSet Read(string path)
    {
        var features = new List<float>();
        var (labels, names) = (new List<object>(), new List<string>());
        string? featureKey = null, labelKey = null, nameKey = null;
        var (row, dimension) = (0, 0);
        foreach (var record in TfRecordReader.Read(path))
        {
            try
            {
                var example = ExampleReader.Read(record);
                if (row == 0)
                {
                    featureKey = KeyOf(example);
                    labelKey = LabelKeys.FirstOrDefault(key => example.TryGetValue(key, out var label) && label.Texts.Count + label.Integers.Length == 1);
                    nameKey = NameKeys.FirstOrDefault(key => example.TryGetValue(key, out var name) && name.Texts.Count == 1);
                    dimension = example[featureKey].Floats.Length;
                }

                var values = Of(example, featureKey!).Floats;
                if (values.Length != dimension || dimension == 0 || Array.Exists(values, value => !float.IsFinite(value)))
                {
                    throw new InvalidDataException($"'{featureKey}' holds {values.Length} floats{(values.Length == dimension ? ", some of them not finite" : $"; record 0 has {dimension}")}.");
                }

                if (features.Count + (long)dimension > Array.MaxLength)
                {
                    throw new InvalidDataException($"more than {row} rows of {dimension} numbers can not be read at once.");
                }

                features.AddRange(values);
                if (labelKey is not null)
                {
                    labels.Add(LabelOf(Of(example, labelKey), labelKey));
                }

                if (nameKey is not null)
                {
                    names.Add(Of(example, nameKey).Texts is [var name] ? Encoding.UTF8.GetString(name.Span) : throw new InvalidDataException($"'{nameKey}' is no single text."));
                }

                row++;
            }
            catch (InvalidDataException fault)
            {
                throw new InvalidDataException($"{path}: record {row}: {fault.Message}", fault);
            }
        }

        if (row == 0)
        {
            throw new InvalidDataException($"{path}: no records; tf.train.Example with a list of floats each was expected.");
        }

        var byNumber = labels.All(label => label is long);
        if (!byNumber && labels.Any(label => label is long))
        {
            throw new InvalidDataException($"{path}: '{labelKey}' is a number in some records and a text in others.");
        }

        return new BottleneckSet(
            [.. features],
            [row, dimension],
            labelKey is not null && byNumber ? [.. labels.Cast<long>()] : null,
            labelKey is not null && !byNumber ? [.. labels.Cast<string>()] : null,
            nameKey is not null && names.Distinct(StringComparer.Ordinal).Count() == names.Count ? names : null);
    }

    private static string KeyOf(IReadOnlyDictionary<string, ExampleFeature> example)
    {
        string[] lists = [.. example.Where(entry => entry.Value.Floats.Length > 0).Select(entry => entry.Key)];
        return FeatureKeys.FirstOrDefault(lists.Contains) ?? (lists.Length == 1 ? lists[0] : throw new InvalidDataException(
            $"{(lists.Length == 0 ? "there is no list of floats" : $"there are several lists of floats ({string.Join(", ", lists.Take(8))})")}; one called 'features' was expected. {(example.Count == 0 ? "The record is empty." : $"The record has {string.Join(", ", example.Keys.Take(12))}.")}"));
    }

    private static ExampleFeature Of(IReadOnlyDictionary<string, ExampleFeature> example, string key) =>
        example.TryGetValue(key, out var feature) ? feature : throw new InvalidDataException($"it has no '{key}', which record 0 has.");

    private static object LabelOf(ExampleFeature label, string key) => label switch
    {
        { Integers: [>= 0 and var number], Texts.Count: 0 } => number,
        { Integers.Length: 0, Texts: [var text] } => Encoding.UTF8.GetString(text.Span),
        _ => throw new InvalidDataException($"'{key}' is {string.Join(", ", label.Integers.Take(4))}; one whole number of 0 or more, or one text, was expected."),
    };
}
