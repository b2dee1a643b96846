using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Trainers.Heads;

/// <summary>
/// Head files, version 1: safetensors with F32 tensors <c>weight</c> [classes, features] and <c>bias</c> [classes], and text metadata:
/// <c>format</c>, <c>format_version</c>, <c>labels</c> (JSON list), <c>feature_dimension</c>, <c>backbone</c>, <c>graph_sha256</c>, <c>tensor</c>,
/// <c>preprocessing</c>, and optionally <c>trainer</c>, <c>trainer_options</c> (JSON object of texts), <c>training</c> (JSON object), <c>created_by</c>.
/// </summary>
internal static class HeadFile
{
    public const string Format = "mltransfer.softmax-head";
    public const int Version = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
    };

    public static void Write(string path, ClassifierHead classifier)
    {
        var head = (SoftmaxHead)classifier;
        var description = head.Description;
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["format_version"] = Version.ToString(CultureInfo.InvariantCulture),
            ["labels"] = JsonSerializer.Serialize(description.Labels, Json),
            ["feature_dimension"] = head.FeatureDimension.ToString(CultureInfo.InvariantCulture),
            ["backbone"] = description.BackboneId,
            ["graph_sha256"] = description.GraphSha256,
            ["tensor"] = description.Tensor,
            ["preprocessing"] = description.Preprocessing,
        };
        if (description.Trainer is { } trainer)
        {
            metadata["trainer"] = trainer;
        }

        if (description.TrainerOptions.Count > 0)
        {
            metadata["trainer_options"] = JsonSerializer.Serialize(
                new SortedDictionary<string, string>(description.TrainerOptions.ToDictionary(), StringComparer.Ordinal), Json);
        }

        if (description.Training is { } training)
        {
            metadata["training"] = JsonSerializer.Serialize(training, Json);
        }

        if (description.CreatedBy is { } createdBy)
        {
            metadata["created_by"] = createdBy;
        }

        var weights = head.Weights;
        SafetensorsWriter.Write(
            path,
            [
                new SafetensorsTensor("weight", "F32", [weights.Classes, weights.Features], LittleEndian(weights.Weight)),
                new SafetensorsTensor("bias", "F32", [weights.Classes], LittleEndian(weights.Bias)),
            ],
            metadata);
    }

    public static SoftmaxHead Read(string path)
    {
        using var file = new SafetensorsReader(path);
        try
        {
            return Read(file);
        }
        catch (Exception fault) when (fault is InvalidDataException or ArgumentException or JsonException)
        {
            throw new InvalidDataException($"{path}: not a usable head file: {fault.Message}", fault);
        }
    }

    private static SoftmaxHead Read(SafetensorsReader file)
    {
        var format = Required(file, "format");
        if (format != Format)
        {
            throw new InvalidDataException($"its format is '{format}'; '{Format}' was expected.");
        }

        var version = Required(file, "format_version");
        if (version != Version.ToString(CultureInfo.InvariantCulture))
        {
            throw new InvalidDataException($"it is of version {version}; this program reads version {Version}. Update the program, or fit the head again.");
        }

        var labels = FromJson<string[]>(file, "labels") ?? throw new InvalidDataException("labels is null.");
        var dimension = Required(file, "feature_dimension");
        if (!int.TryParse(dimension, NumberStyles.None, CultureInfo.InvariantCulture, out var features) || features < 1)
        {
            throw new InvalidDataException($"feature_dimension is '{dimension}'; a whole number of 1 or more was expected.");
        }

        var weight = Tensor(file, "weight", labels.Length, features);
        var bias = Tensor(file, "bias", labels.Length);
        return new SoftmaxHead(new SoftmaxWeights(weight, bias), new HeadDescription
        {
            Labels = labels,
            BackboneId = Required(file, "backbone"),
            GraphSha256 = Required(file, "graph_sha256"),
            Tensor = Required(file, "tensor"),
            Preprocessing = Required(file, "preprocessing"),
            Trainer = file.Metadata.GetValueOrDefault("trainer"),
            TrainerOptions = FromJson<Dictionary<string, string>>(file, "trainer_options") ?? [],
            Training = FromJson<TrainingFacts>(file, "training"),
            CreatedBy = file.Metadata.GetValueOrDefault("created_by"),
        });
    }

    private static string Required(SafetensorsReader file, string key) => file.Metadata.TryGetValue(key, out var value)
        ? value
        : throw new InvalidDataException($"its metadata has no '{key}'; it was not written as a head.");

    private static T? FromJson<T>(SafetensorsReader file, string key)
        where T : class
    {
        if (!file.Metadata.TryGetValue(key, out var text))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(text, Json);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"its metadata '{key}' cannot be read: {fault.Message}", fault);
        }
    }

    private static float[] Tensor(SafetensorsReader file, string name, params long[] shape)
    {
        if (!file.Tensors.TryGetValue(name, out var entry) || entry.Type != "F32" || !entry.Shape.SequenceEqual(shape))
        {
            var found = entry is null ? "there is none" : $"it is {entry.Type} [{string.Join(", ", entry.Shape)}]";
            throw new InvalidDataException($"tensor '{name}' must be F32 [{string.Join(", ", shape)}] by labels and feature_dimension; {found}.");
        }

        return file.ReadFloat32(name);
    }

    private static byte[] LittleEndian(ReadOnlySpan<float> values)
    {
        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            for (var i = 0; i < bytes.Length; i += sizeof(float))
            {
                Array.Reverse(bytes, i, sizeof(float));
            }
        }

        return bytes;
    }
}
