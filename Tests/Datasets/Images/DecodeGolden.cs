using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Images;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Images;

/// <summary>The index of decoded images: files, and the results that TensorFlow and Pillow gave for them.</summary>
internal static class DecodeGolden
{
    public const string Absent = "(absent)";

    private static readonly Lazy<Dictionary<string, JsonElement>> Index = new(() =>
        GoldenFolder.Index("golden", "images", "decode", "index.json") is { } index
            ? index.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("file").GetString()!)
            : []);

    public static string AbsentReason => $"{GoldenFolder.Root} has no golden/images/decode.";

    public static TheoryData<string> Rows(Func<JsonElement, bool> choose)
    {
        var rows = new TheoryData<string>();
        foreach (var (name, file) in Index.Value)
        {
            if (choose(file))
            {
                rows.Add(name);
            }
        }

        if (rows.Count == 0)
        {
            rows.Add(Absent);
        }

        return rows;
    }

    public static JsonElement Entry(string name) => Index.Value[name];

    public static byte[] Bytes(string name) => File.ReadAllBytes(GoldenFolder.At("golden", "images", "decode", name));

    /// <summary>Every result of a file with the array that holds it: "frames[0]" is the first frame of an array.</summary>
    public static IEnumerable<(string Key, string Array)> Results(JsonElement file)
    {
        var results = file.GetProperty("arrays").EnumerateObject().Select(array => (array.Name, array.Name)).ToList();
        if (file.TryGetProperty("same_as", out var same))
        {
            results.AddRange(same.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!)));
        }

        return results.Select(result => (result.Item1, Follow(result.Item2)));

        string Follow(string array) =>
            same.ValueKind == JsonValueKind.Object && same.TryGetProperty(array, out var next) ? Follow(next.GetString()!) : array;
    }

    public static bool Has(JsonElement file, string key) => Results(file).Any(result => result.Key == key);

    /// <summary>Compares a result with the stored one; null when they are equal, else what differs.</summary>
    public static string? Difference(JsonElement file, string array, IEnumerable<int> shape, Array elements)
    {
        var firstFrame = array.EndsWith("[0]", StringComparison.Ordinal);
        var name = firstFrame ? array[..^3] : array;
        var stored = file.GetProperty("arrays").GetProperty(name);
        var expectedShape = stored.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()).Skip(firstFrame ? 1 : 0).ToArray();
        if (!expectedShape.SequenceEqual(shape))
        {
            return $"shape [{string.Join(",", shape)}], expected [{string.Join(",", expectedShape)}]";
        }

        ReadOnlySpan<byte> actual = elements is ushort[] wide ? MemoryMarshal.AsBytes(wide.AsSpan()) : (byte[])elements;
        if (!firstFrame && Convert.ToHexStringLower(SHA256.HashData(actual)) == stored.GetProperty("sha256").GetString())
        {
            return null;
        }

        using var arrays = new NpzReader(GoldenFolder.At("golden", "images", "decode", file.GetProperty("npz").GetString()!));
        var expected = arrays.Read(name).Data.AsSpan(0, actual.Length);
        var at = actual.CommonPrefixLength(expected);
        return at == actual.Length && firstFrame ? null : $"differs from byte {at} of {actual.Length} on: {Show(actual, at)}, expected {Show(expected, at)}";
    }

    /// <summary>Runs an operation and compares; a refusal is a difference.</summary>
    public static string? Difference(JsonElement file, string array, Func<DecodedImage> run)
    {
        try
        {
            var image = run();
            return Difference(file, array, image.Shape, image.Elements);
        }
        catch (ImageFormatException refusal)
        {
            return $"refused: {refusal.Message}";
        }
    }

    private static string Show(ReadOnlySpan<byte> bytes, int at) => string.Join(" ", bytes[at..Math.Min(at + 6, bytes.Length)].ToArray());
}
