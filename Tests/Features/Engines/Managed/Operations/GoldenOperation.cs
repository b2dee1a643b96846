using System.Globalization;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Features.Tensors;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations;

/// <summary>One case of golden/ops: a tiny graph, what to feed and what TensorFlow gave.</summary>
internal sealed class GoldenOperation
{
    private static readonly Lazy<Dictionary<string, JsonElement>> s_index = new(() =>
        (GoldenFolder.Index("golden", "ops", "index.json")?.EnumerateArray().AsEnumerable() ?? []).ToDictionary(entry => entry.GetProperty("name").GetString()!));

    private readonly JsonElement _entry;

    private GoldenOperation(JsonElement entry) => _entry = entry;

    public static IReadOnlyCollection<string> Names => s_index.Value.Keys;

    public string Name => _entry.GetProperty("name").GetString()!;

    public string GraphPath => GoldenFolder.At("golden", "ops", Name + ".pb");

    public string[] Feeds => Texts("feeds");

    public string[] Fetches => Texts("fetches");

    public bool MustFail => _entry.GetProperty("expect").GetString() == "error";

    public string Note => _entry.TryGetProperty("note", out var note) ? note.GetString()! : string.Empty;

    /// <summary>Whether an engine may refuse the case (but must not give other values).</summary>
    public bool MayRefuse => Flag("optional") || Flag("viaEquivalent");

    public double RelativeTolerance => Number("rtol");

    public static GoldenOperation Named(string name) => new(s_index.Value[name]);

    public double AbsoluteTolerance(int output) => _entry.TryGetProperty("atols", out var each) ? each[output].GetDouble() : Number("atol");

    /// <summary>The values to feed.</summary>
    public Tensor[] ReadFeeds()
    {
        if (Feeds.Length == 0)
        {
            return [];
        }

        using var file = new NpzReader(Path.ChangeExtension(GraphPath, ".npz"));
        var quantised = _entry.TryGetProperty("quantizedFeed", out var type) && type.ValueKind != JsonValueKind.False;
        return [.. Feeds.Select((name, i) => ReadFeed(file, name, IsBytes(i), quantised))];
    }

    /// <summary>What TensorFlow gave.</summary>
    public NpyArray[] ReadExpected()
    {
        using var file = new NpzReader(Path.ChangeExtension(GraphPath, ".npz"));
        return [.. Fetches.Select((_, i) => file.Read(string.Create(CultureInfo.InvariantCulture, $"out.{i}")))];
    }

    private static Tensor ReadFeed(NpzReader file, string name, bool bytes, bool quantised)
    {
        var array = file.Read("in." + name[..name.LastIndexOf(':')]);
        if (bytes)
        {
            return Tensor.FromBytes(array.AsSpan<byte>().ToArray());
        }

        var tensor = GoldenArrays.ToTensor(array);
        return !quantised ? tensor : tensor.Type switch
        {
            DataType.UInt8 => tensor.As(DataType.QUInt8),
            DataType.Int8 => tensor.As(DataType.QInt8),
            DataType.Int32 => tensor.As(DataType.QInt32),
            _ => tensor,
        };
    }

    private bool IsBytes(int feed) => _entry.TryGetProperty("feedKinds", out var kinds)
        ? kinds[feed].GetString() == "bytes"
        : _entry.TryGetProperty("feedKind", out var kind) && kind.GetString() == "bytes";

    private string[] Texts(string name) => [.. _entry.GetProperty(name).EnumerateArray().Select(element => element.GetString()!)];

    private bool Flag(string name) => _entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private double Number(string name) => _entry.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
}
