using System.Buffers;
using System.Text.Json.Nodes;
using MlTransfer.Datasets.Files;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>The weights of a TensorFlow.js model: one run of bytes, cut into files of 4 MiB so that browsers cache them, and the list that says what is where.</summary>
internal sealed class WeightShards
{
    /// <summary>Name of the file that a model is loaded by.</summary>
    public const string ModelFileName = "model.json";

    private const int ShardBytes = 4 << 20;

    private readonly JsonArray _entries = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Adds a weight as it is.</summary>
    /// <exception cref="NotSupportedException">TensorFlow.js has no such type.</exception>
    public void Add(string name, Tensor value)
    {
        var kept = value.Type == DataType.Int64 ? Tensor.From(value.Shape, Array.ConvertAll(value.AsSpan<long>().ToArray(), element => checked((int)element))) : value;
        var type = kept.Type switch
        {
            DataType.Float32 => "float32",
            DataType.Int32 => "int32",
            DataType.Bool => "bool",
            _ => throw new NotSupportedException($"the constant '{name}' is {Tensor.NameOf(value.Type)}; TensorFlow.js has float, int32 and bool"),
        };
        _entries.Add(Entry(name, value.Shape, type));
        _bytes.Write(kept.AsBytes());
    }

    /// <summary>Adds floats that are kept as bytes: value = scale · byte + min.</summary>
    public void AddQuantized(string name, TensorShape shape, ReadOnlySpan<byte> bytes, double scale, double min)
    {
        var entry = Entry(name, shape, "float32");
        entry.Add("quantization", new JsonObject { ["dtype"] = "uint8", ["min"] = min, ["scale"] = scale, ["original_dtype"] = "float32" });
        _entries.Add(entry);
        _bytes.Write(bytes);
    }

    /// <summary>Adds floats rounded to 256 levels over their range.</summary>
    public void AddRounded(string name, TensorShape shape, ReadOnlySpan<float> values)
    {
        var (low, high) = (0f, 0f);
        foreach (var value in values)
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        // 0 is one of the levels.
        var scale = high == low ? 1 : ((double)high - low) / byte.MaxValue;
        var zero = Math.Round(-low / scale);
        var bytes = new byte[values.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Math.Clamp(Math.Round(values[i] / scale) + zero, 0, byte.MaxValue);
        }

        AddQuantized(name, shape, bytes, scale, -zero * scale);
    }

    /// <summary>Writes a model's folder, whole or not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">Content of model.json, without the weights' list.</param>
    /// <param name="extraFiles">Further files, by name.</param>
    public void Write(string folder, JsonObject model, IReadOnlyDictionary<string, byte[]> extraFiles)
    {
        var count = Math.Max(1, (_bytes.WrittenCount + ShardBytes - 1) / ShardBytes);
        var names = Enumerable.Range(1, count).Select(number => $"group1-shard{number}of{count}.bin").ToArray();
        model.Add("weightsManifest", new JsonArray(new JsonObject { ["paths"] = new JsonArray([.. names.Select(name => (JsonNode)name)]), ["weights"] = _entries }));
        WholeFolder.Write(folder, ModelFileName, temporary =>
        {
            var all = _bytes.WrittenMemory;
            for (var i = 0; i < count; i++)
            {
                var shard = all.Slice(i * ShardBytes, Math.Min(ShardBytes, all.Length - (i * ShardBytes)));
                WholeFile.Write(Path.Combine(temporary, names[i]), stream => stream.Write(shard.Span));
            }

            foreach (var (name, content) in extraFiles)
            {
                WholeFile.Write(Path.Combine(temporary, name), content);
            }

            WholeFile.Write(Path.Combine(temporary, ModelFileName), System.Text.Encoding.UTF8.GetBytes(model.ToJsonString()));
        });
    }

    private static JsonObject Entry(string name, TensorShape shape, string type) => new()
    {
        ["name"] = name,
        ["shape"] = new JsonArray([.. shape.ToArray().Select(extent => (JsonNode)extent)]),
        ["dtype"] = type,
    };
}
