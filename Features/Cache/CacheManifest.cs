using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MlTransfer.Features.Cache;

/// <summary>The cache's <c>manifest.json</c>: format, version and store key, with a checksum over all of it.</summary>
internal sealed record CacheManifest(FeatureStoreKey Key, string CreatedBy)
{
    public const string Format = "mltransfer-features";
    public const int Version = 1;
    public const int MaxBytes = 65_536;

    public static CacheManifest For(FeatureStoreKey key)
    {
        var version = typeof(CacheManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return new CacheManifest(key, "MlTransfer " + version.Split('+')[0]);
    }

    /// <summary>The bytes of the file; the same manifest has the same bytes everywhere.</summary>
    public byte[] Render() => Render(Convert.ToHexStringLower(SHA256.HashData(Render(""))));

    /// <summary>Reads and checks a manifest.</summary>
    /// <exception cref="FeatureCacheException">Not a manifest, of a newer version, or damaged.</exception>
    public static CacheManifest Parse(ReadOnlySpan<byte> bytes, string file)
    {
        CacheManifest manifest;
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format)
            {
                throw new FeatureCacheException($"{file} does not describe a feature cache: its format is not {Format}.");
            }

            var version = root.GetProperty("version").GetInt32();
            if (version != Version)
            {
                throw new FeatureCacheException($"{file} has format version {version}; this program reads version {Version}. A newer MlTransfer wrote it, or it is damaged.");
            }

            manifest = new CacheManifest(
                new FeatureStoreKey(
                    Text(root, "backbone"), Text(root, "graphSha256"), Text(root, "tensor"), root.GetProperty("dimension").GetInt32(), Text(root, "preprocessing")).Checked(),
                Text(root, "createdBy"));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new FeatureCacheException($"{file} is damaged: {fault.Message}", fault);
        }

        return manifest.Render().AsSpan().SequenceEqual(bytes)
            ? manifest
            : throw new FeatureCacheException($"{file} is damaged: its checksum does not match its content.");
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");

    private byte[] Render(string checksum)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            json.WriteString("backbone", Key.BackboneId);
            json.WriteString("graphSha256", Key.GraphSha256);
            json.WriteString("tensor", Key.Tensor);
            json.WriteNumber("dimension", Key.Dimension);
            json.WriteString("dtype", "float32");
            json.WriteString("preprocessing", Key.Preprocessing);
            json.WriteString("createdBy", CreatedBy);
            json.WriteString("checksum", checksum);
            json.WriteEndObject();
        }

        stream.Write(Encoding.ASCII.GetBytes("\n"));
        return stream.ToArray();
    }
}
