using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlTransfer.Datasets.Files;

namespace MlTransfer.Datasets.Arrays;

/// <summary>Writes safetensors files.</summary>
/// <remarks>
/// Source: the format section of Hugging Face's safetensors README. As its writer does, wider types come first and the header is filled up with
/// spaces, so that every tensor is aligned. Equal input gives equal bytes. Stateless, hence thread-safe.
/// </remarks>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes a file: to a temporary name beside it, flushed to disk, then renamed, so that the file is never seen half written.</summary>
    /// <param name="path">The file; replaced when it exists. Its folder must exist.</param>
    /// <param name="tensors">The tensors, names all different.</param>
    /// <param name="metadata">Free text pairs for <c>__metadata__</c>, written in ordinal order of their keys; may be empty.</param>
    /// <exception cref="ArgumentException">A tensor's bytes do not fit its type and shape, or two have one name.</exception>
    public static void Write(string path, IReadOnlyCollection<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        var ordered = tensors.OrderByDescending(tensor => SizeOf(tensor)).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        var header = Header(ordered, metadata);
        WholeFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in ordered)
            {
                stream.Write(tensor.Data.Span);
            }
        });
    }

    private static byte[] Header(SafetensorsTensor[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                {
                    throw new ArgumentException($"'{tensor.Name}' is not free as a tensor's name.", nameof(tensors));
                }

                WriteEntry(json, tensor, offset);
                offset += tensor.Data.Length;
            }

            json.WriteEndObject();
        }

        var padded = new byte[(buffer.WrittenCount + Alignment - 1) / Alignment * Alignment];
        padded.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(padded);
        return padded;
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsTensor tensor, long offset)
    {
        var needed = tensor.Shape.Aggregate((long)SizeOf(tensor), (product, extent) => checked(product * extent));
        if (needed != tensor.Data.Length)
        {
            throw new ArgumentException(
                $"tensor '{tensor.Name}' of type {tensor.Type} and shape [{string.Join(", ", tensor.Shape)}] takes {needed} bytes; {tensor.Data.Length} were given.");
        }

        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type);
        json.WriteStartArray("shape");
        foreach (var extent in tensor.Shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.Data.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static int SizeOf(SafetensorsTensor tensor) => SafetensorsTypes.Sizes.TryGetValue(tensor.Type, out var size)
        ? size
        : throw new ArgumentException($"tensor '{tensor.Name}' is of type '{tensor.Type}', which safetensors does not know.");
}
