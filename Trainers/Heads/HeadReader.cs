using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Trainers.Heads;

/// <summary>A head file being read: each number and shape is checked against what the description says before it is used.</summary>
internal sealed class HeadReader
{
    private readonly SafetensorsReader _file;
    private readonly IReadOnlyDictionary<string, string> _options;

    public HeadReader(SafetensorsReader file)
    {
        _file = file;
        _options = Texts("kind_options");
        Required("labels");
        Labels = FromJson<string[]>("labels") ?? throw new InvalidDataException("labels is null.");
        LabelChecks.ThrowIfNotClassNames(Labels);
        FeatureDimension = Whole("feature_dimension", Required("feature_dimension"));
    }

    /// <summary>The classes, checked.</summary>
    public IReadOnlyList<string> Labels { get; }

    public int FeatureDimension { get; }

    /// <summary>A text of the metadata; null when there is none.</summary>
    public string? Optional(string key) => _file.Metadata.GetValueOrDefault(key);

    /// <summary>A text of the metadata that must be there.</summary>
    public string Required(string key) => Optional(key) ?? throw new InvalidDataException($"its metadata has no '{key}'; it was not written as a head.");

    /// <summary>A value that the metadata keeps as JSON; null when there is none.</summary>
    public T? FromJson<T>(string key)
        where T : class
    {
        if (Optional(key) is not { } text)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(text, HeadFile.Json);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"its metadata '{key}' cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>A JSON object of texts; empty when there is none.</summary>
    public Dictionary<string, string> Texts(string key)
    {
        var texts = FromJson<Dictionary<string, string>>(key) ?? [];
        return texts.Values.All(text => text is not null) ? texts : throw new InvalidDataException($"its metadata '{key}' holds null where a text was expected.");
    }

    /// <summary>What the kind of head needs, by name.</summary>
    public string Option(string name) => _options.GetValueOrDefault(name) ?? throw new InvalidDataException($"its kind_options have no '{name}'.");

    /// <summary>The same as a whole number of 1 or more.</summary>
    public int Count(string name) => Whole(name, Option(name));

    /// <summary>The same as a finite number.</summary>
    public double Number(string name) => Number(name, Option(name));

    /// <summary>A finite number.</summary>
    public static double Number(string name, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new InvalidDataException($"{name} is '{text}'; a finite number was expected.");

    /// <summary>A tensor of float32 numbers.</summary>
    public float[] Float32(string name, params long[] shape)
    {
        Check(name, "F32", shape);
        return _file.ReadFloat32(name);
    }

    /// <summary>A list of whole numbers of zero or more.</summary>
    public int[] Int64(string name, int length)
    {
        Check(name, "I64", [length]);
        var bytes = _file.ReadBytes(name);
        var values = new int[length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * sizeof(long)));
            values[i] = value is >= 0 and <= int.MaxValue ? (int)value : throw new InvalidDataException($"tensor '{name}' holds {value}; numbers from 0 to {int.MaxValue} were expected.");
        }

        return values;
    }

    /// <summary>The shape of a tensor of float32 numbers with two dimensions; null where there is none of the name.</summary>
    public (long Rows, long Columns)? Shape(string name) =>
        _file.Tensors.TryGetValue(name, out var entry) && entry.Shape.Count == 2 ? (entry.Shape[0], entry.Shape[1]) : null;

    private static int Whole(string name, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1
        ? value
        : throw new InvalidDataException($"{name} is '{text}'; a whole number of 1 or more was expected.");

    private void Check(string name, string type, long[] shape)
    {
        if (!_file.Tensors.TryGetValue(name, out var entry) || entry.Type != type || !entry.Shape.SequenceEqual(shape))
        {
            var found = entry is null ? "there is none" : $"it is {entry.Type} [{string.Join(", ", entry.Shape)}]";
            throw new InvalidDataException($"tensor '{name}' must be {type} [{string.Join(", ", shape)}] by its metadata; {found}.");
        }
    }
}
