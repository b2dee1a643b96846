using System.Text.Json.Nodes;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>Layers of a functional Keras model, as its configuration lists them.</summary>
/// <param name="reserved">Names of outputs, which only their layers get.</param>
internal sealed class LayerList(IEnumerable<string> reserved)
{
    private readonly JsonArray _layers = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reserved = new(reserved, StringComparer.Ordinal);

    /// <summary>The name that a node's layer can have: Keras knows no scopes.</summary>
    public static string Plain(string node) => node.Replace('/', '_').Replace(':', '_');

    /// <summary>A name like the one wanted that no layer has yet.</summary>
    public string Unique(string wanted, bool isOutput = false)
    {
        var plain = Plain(wanted);
        var name = plain;
        for (var i = 1; (!isOutput && _reserved.Contains(name)) || !_names.Add(name); i++)
        {
            name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{plain}_{i}");
        }

        return name;
    }

    /// <summary>Adds a layer.</summary>
    /// <param name="kind">Its class.</param>
    /// <param name="name">Its name, from <see cref="Unique"/>.</param>
    /// <param name="config">Its configuration, without the name.</param>
    /// <param name="inputs">Names of the layers that it reads.</param>
    public void Add(string kind, string name, JsonObject config, params IEnumerable<string> inputs)
    {
        config["name"] = name;
        config["trainable"] = false;
        config["dtype"] = "float32";
        JsonNode[] links = [.. inputs.Select(input => (JsonNode)Link(input, withOptions: true))];
        _layers.Add(new JsonObject
        {
            ["class_name"] = kind,
            ["config"] = config,
            ["name"] = name,
            ["inbound_nodes"] = links.Length == 0 ? new JsonArray() : new JsonArray(new JsonArray(links)),
        });
    }

    /// <summary>The model's topology.</summary>
    public JsonObject ToTopology(string name, IEnumerable<string> inputs, IEnumerable<string> outputs) => new()
    {
        ["keras_version"] = "2.15.0",
        ["backend"] = "tensorflow",
        ["model_config"] = new JsonObject
        {
            ["class_name"] = "Functional",
            ["config"] = new JsonObject
            {
                ["name"] = name,
                ["trainable"] = false,
                ["layers"] = _layers,
                ["input_layers"] = new JsonArray([.. inputs.Select(input => (JsonNode)Link(input, withOptions: false))]),
                ["output_layers"] = new JsonArray([.. outputs.Select(output => (JsonNode)Link(output, withOptions: false))]),
            },
        },
    };

    private static JsonArray Link(string layer, bool withOptions)
    {
        var link = new JsonArray(layer, 0, 0);
        if (withOptions)
        {
            link.Add((JsonNode)new JsonObject());
        }

        return link;
    }
}
