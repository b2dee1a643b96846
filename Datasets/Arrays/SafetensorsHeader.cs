using System.Text;
using System.Text.Json;

namespace MlTransfer.Datasets.Arrays;

/// <summary>A safetensors header, parsed and checked.</summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";
    private const int MaxDimensions = 64;

    private SafetensorsHeader(Dictionary<string, SafetensorsEntry> tensors, Dictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    public Dictionary<string, SafetensorsEntry> Tensors { get; }

    public Dictionary<string, string> Metadata { get; }

    /// <summary>Parses a header that describes so many bytes of data.</summary>
    /// <exception cref="InvalidDataException">The header is not legal; the message names the tensor and the fault.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
            var header = ReadAll(ref reader);
            header.CheckCoverage(dataBytes);
            return header;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"the header is not JSON as safetensors writes it: {fault.Message}", fault);
        }
        catch (InvalidOperationException fault)
        {
            // Utf8JsonReader's answer to a string that is no valid UTF-8 or holds half a surrogate pair.
            throw new InvalidDataException($"the header holds text that cannot be read: {fault.Message}", fault);
        }
        catch (DecoderFallbackException fault)
        {
            throw new InvalidDataException($"the header holds text that cannot be read: {fault.Message}", fault);
        }
    }

    private static SafetensorsHeader ReadAll(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        var tensors = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        Dictionary<string, string>? metadata = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (name == MetadataKey)
            {
                metadata = metadata is null ? ReadMetadata(ref reader) : throw new InvalidDataException($"{MetadataKey} comes twice.");
            }
            else if (!tensors.TryAdd(name, ReadEntry(ref reader, name)))
            {
                throw new InvalidDataException($"two tensors are named '{name}'.");
            }
        }

        if (reader.Read())
        {
            throw new InvalidDataException("something follows the header's JSON object.");
        }

        return new SafetensorsHeader(tensors, metadata ?? new Dictionary<string, string>(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataKey);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"{MetadataKey}: '{key}'");
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new InvalidDataException($"{MetadataKey}: '{key}' comes twice.");
            }
        }

        return metadata;
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"tensor '{name}'");
        string? type = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            switch (key)
            {
                case "dtype" when type is null:
                    Expect(ref reader, JsonTokenType.String, $"tensor '{name}': dtype");
                    type = reader.GetString()!;
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, $"tensor '{name}': shape");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, $"tensor '{name}': data_offsets");
                    break;
                default:
                    throw new InvalidDataException($"tensor '{name}' has '{key}' twice or beyond dtype, shape and data_offsets.");
            }
        }

        if (type is null || shape is null || offsets is not { Count: 2 })
        {
            throw new InvalidDataException($"tensor '{name}' needs dtype, shape and two data_offsets.");
        }

        if (!SafetensorsTypes.Sizes.TryGetValue(type, out var size))
        {
            throw new InvalidDataException($"tensor '{name}' is of type '{type}'; known are {string.Join(", ", SafetensorsTypes.Sizes.Keys.Order())}.");
        }

        var entry = new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
        var needed = ByteCount(entry, size);
        return offsets[0] <= offsets[1] && entry.ByteCount == needed
            ? entry
            : throw new InvalidDataException(
                $"tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}] takes {needed} bytes; its data_offsets [{offsets[0]}, {offsets[1]}] do not span that many.");
    }

    private static long ByteCount(SafetensorsEntry entry, int itemSize)
    {
        if (entry.Shape.Contains(0))
        {
            return 0;
        }

        try
        {
            return entry.Shape.Aggregate((long)itemSize, (product, extent) => checked(product * extent));
        }
        catch (OverflowException fault)
        {
            throw new InvalidDataException($"tensor '{entry.Name}' of shape [{string.Join(", ", entry.Shape)}] is larger than any file.", fault);
        }
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0 || numbers.Count == MaxDimensions)
            {
                throw new InvalidDataException($"{what} must be a list of at most {MaxDimensions} whole numbers of zero or more.");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new InvalidDataException($"{what} is a JSON {reader.TokenType}; {token} was expected.");
        }
    }

    private void CheckCoverage(long dataBytes)
    {
        long covered = 0;
        foreach (var entry in Tensors.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != covered)
            {
                throw new InvalidDataException(
                    $"tensor '{entry.Name}' begins at byte {entry.Begin} of the data; {covered} was expected, tensors follow one another without {(entry.Begin > covered ? "gap" : "overlap")}.");
            }

            covered = entry.End;
        }

        if (covered != dataBytes)
        {
            throw new InvalidDataException(
                $"the header describes {covered} bytes of data, the file has {dataBytes}; {(covered > dataBytes ? "it is cut short" : "the rest belongs to no tensor")}.");
        }
    }
}
