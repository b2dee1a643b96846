using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Trainers.Heads;

/// <summary>Head files: safetensors with the numbers of the head as tensors and everything else as text metadata.</summary>
/// <remarks>
/// <para>
/// Version 2, which is written: <c>format</c> (mltransfer.head), <c>format_version</c>, <c>kind</c>, <c>kind_options</c> (JSON object of texts), <c>labels</c>
/// (JSON list), <c>feature_dimension</c>, <c>backbone</c>, <c>graph_sha256</c>, <c>tensor</c>, <c>preprocessing</c>, and optionally <c>trainer</c>,
/// <c>trainer_options</c> (JSON object of texts), <c>training</c> (JSON object: rows, split, objective, metrics), <c>temperature</c>, <c>created_by</c>,
/// <c>rejection</c> (JSON object: minimum_probability, maximum_distance, rate, validation_rows; with tensors <c>rejection.centroids</c> F32 [known classes,
/// features], <c>rejection.axes</c> F32 [axes, features], left out where there are none, <c>rejection.variances</c> F32 [axes + 1]). Tensors by kind:
/// softmax: <c>weight</c> F32 [classes, features], <c>bias</c> F32 [classes]. network: <c>layers.N.weight</c> F32 [units, inputs], <c>layers.N.bias</c> F32 [units],
/// N from 0. centroid: <c>centroids</c> F32 [classes, features], <c>rows_of_class</c> I64 [classes]. neighbours: <c>examples</c> F32 [examples, features],
/// <c>example_labels</c> I64 [examples].
/// </para>
/// <para>
/// Version 1, which is still read: <c>format</c> is mltransfer.softmax-head, there is no kind (it is softmax), no kind_options and no temperature.
/// </para>
/// </remarks>
internal static class HeadFile
{
    public const string Format = "mltransfer.head";
    public const string FirstFormat = "mltransfer.softmax-head";
    public const int Version = 2;

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
    };

    public static void Write(string path, ClassifierHead head)
    {
        var description = head.Description;
        var content = head.ToContent();
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["format_version"] = Version.ToString(CultureInfo.InvariantCulture),
            ["kind"] = head.Kind,
            ["labels"] = JsonSerializer.Serialize(description.Labels, Json),
            ["feature_dimension"] = head.FeatureDimension.ToString(CultureInfo.InvariantCulture),
            ["backbone"] = description.BackboneId,
            ["graph_sha256"] = description.GraphSha256,
            ["tensor"] = description.Tensor,
            ["preprocessing"] = description.Preprocessing,
        };
        Note("kind_options", content.Options.Count > 0 ? Sorted(content.Options) : null);
        Note("trainer", description.Trainer);
        Note("trainer_options", description.TrainerOptions.Count > 0 ? Sorted(description.TrainerOptions) : null);
        Note("training", description.Training is { } training ? JsonSerializer.Serialize(training, Json) : null);
        Note("temperature", description.Temperature is { } temperature ? HeadContent.Text(temperature) : null);
        Note("created_by", description.CreatedBy);
        Note(RejectionContent.Key, description.Rejection is { } noted ? RejectionContent.ToText(noted) : null);
        SafetensorsWriter.Write(path, description.Rejection is { } rule ? [.. content.Tensors, .. RejectionContent.ToTensors(rule)] : content.Tensors, metadata);

        void Note(string key, string? value)
        {
            if (value is not null)
            {
                metadata[key] = value;
            }
        }
    }

    public static ClassifierHead Read(string path)
    {
        using var file = new SafetensorsReader(path);
        try
        {
            return Read(file);
        }
        catch (Exception fault) when (fault is InvalidDataException or ArgumentException or JsonException or OverflowException)
        {
            throw new InvalidDataException($"{path}: not a usable head file: {fault.Message}", fault);
        }
    }

    private static ClassifierHead Read(SafetensorsReader file)
    {
        var kind = KindOf(file.Metadata);
        var reader = new HeadReader(file);
        var training = reader.FromJson<TrainingFacts>("training");
        if (training is not null && (training.Metrics is null || training.Metrics.Values.Any(value => !double.IsFinite(value))))
        {
            throw new InvalidDataException("its training metrics must be finite numbers.");
        }

        var description = new HeadDescription
        {
            Labels = reader.Labels,
            BackboneId = reader.Required("backbone"),
            GraphSha256 = reader.Required("graph_sha256"),
            Tensor = reader.Required("tensor"),
            Preprocessing = reader.Required("preprocessing"),
            Trainer = reader.Optional("trainer"),
            TrainerOptions = reader.Texts("trainer_options"),
            Training = training,
            Temperature = reader.Optional("temperature") is { } temperature ? HeadReader.Number("temperature", temperature) : null,
            Rejection = RejectionContent.Read(reader),
            CreatedBy = reader.Optional("created_by"),
        };
        return kind switch
        {
            SoftmaxHead.KindName => SoftmaxHead.Read(reader, description),
            NetworkHead.KindName => NetworkHead.Read(reader, description),
            CentroidHead.KindName => CentroidHead.Read(reader, description),
            NeighbourHead.KindName => NeighbourHead.Read(reader, description),
            _ => throw new InvalidDataException($"the head is of kind '{kind}', which this program does not know. Update the program, or fit the head again."),
        };
    }

    /// <summary>The kind of head, after a look at format and version.</summary>
    private static string KindOf(IReadOnlyDictionary<string, string> metadata)
    {
        var format = metadata.GetValueOrDefault("format") ?? throw new InvalidDataException("its metadata has no 'format'; it was not written as a head.");
        var text = metadata.GetValueOrDefault("format_version") ?? throw new InvalidDataException("its metadata has no 'format_version'; it was not written as a head.");
        if (format is not (Format or FirstFormat))
        {
            throw new InvalidDataException($"its format is '{format}'; '{Format}' was expected.");
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1)
        {
            throw new InvalidDataException($"its format_version is '{text}'; a whole number of 1 or more was expected.");
        }

        if (version > Version)
        {
            throw new InvalidDataException($"it is of version {version}; this program reads versions 1 to {Version}. Update the program, or fit the head again.");
        }

        return format == Format != (version == Version)
            ? throw new InvalidDataException($"format '{format}' has no version {version}.")
            : version == 1
            ? SoftmaxHead.KindName
            : metadata.GetValueOrDefault("kind") ?? throw new InvalidDataException("its metadata has no 'kind'; it was not written as a head.");
    }

    private static string Sorted(IReadOnlyDictionary<string, string> texts) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(texts.ToDictionary(), StringComparer.Ordinal), Json);
}
