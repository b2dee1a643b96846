using System.Text.Json;
using System.Text.Json.Serialization;
using MlTransfer.Features.Cache;
using MlTransfer.ML.Extraction;

namespace MlTransfer.ML.Persistence;

/// <summary>What a saved model says of its features, as JSON.</summary>
/// <param name="Backbone">Id of the network.</param>
/// <param name="GraphSha256">SHA-256 of its graph's file.</param>
/// <param name="Tensor">The tap's tensor.</param>
/// <param name="Dimension">Numbers an image.</param>
/// <param name="Preprocessing">Id of the preprocessing, with the tensor that is fed.</param>
/// <param name="GraphPath">Where the graph's file was, of a network that is not in the catalog; null else.</param>
/// <param name="ImageColumn">Name of the image column.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="OutputColumn">Name of the features column.</param>
/// <param name="Batch">Images computed at once.</param>
/// <param name="OnBadImage">What a bad image gives.</param>
internal sealed record FeatureState(
    string Backbone,
    string GraphSha256,
    string Tensor,
    int Dimension,
    string Preprocessing,
    string? GraphPath,
    string ImageColumn,
    ImageColumnKind Kind,
    string OutputColumn,
    int Batch,
    OnBadImage OnBadImage)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 4,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>What the features are features of.</summary>
    [JsonIgnore]
    public FeatureStoreKey Key => new(Backbone, GraphSha256, Tensor, Dimension, Preprocessing);

    /// <summary>Reads what <see cref="ToText"/> writes.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static FeatureState Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<FeatureState>(text, s_json) ?? throw new JsonException("it is null.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"The saved model's description of its features cannot be read: {fault.Message} Save the model again.", fault);
        }
    }

    /// <summary>The state as JSON.</summary>
    public string ToText() => JsonSerializer.Serialize(this, s_json);
}
