using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Features.Backbones;

/// <summary>The backbones described in a folder's catalog.json; the bundled folder lies beside the library as `Models`.</summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public sealed class BackboneCatalog
{
    private const int Version = 1;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private BackboneCatalog(string folder, IReadOnlyList<Backbone> backbones)
    {
        Folder = folder;
        Backbones = backbones;
    }

    /// <summary>The folder the catalog was read from.</summary>
    public string Folder { get; }

    /// <summary>The backbones, in the file's order; the first is the default.</summary>
    public IReadOnlyList<Backbone> Backbones { get; }

    /// <summary>The folder that ships with the library.</summary>
    public static string BundledFolder => Path.Combine(AppContext.BaseDirectory, "Models");

    /// <summary>Reads a catalog; the graphs themselves are not opened.</summary>
    /// <param name="folder">Folder with catalog.json; null for the bundled one.</param>
    /// <exception cref="InvalidDataException">catalog.json is missing or not as it should be; the message says where.</exception>
    public static BackboneCatalog Load(string? folder = null)
    {
        folder ??= BundledFolder;
        var path = Path.Combine(folder, "catalog.json");
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path}: there is no catalog of models. Reinstall, or name a graph with --model FILE.");
        }

        CatalogFile file;
        try
        {
            file = JsonSerializer.Deserialize<CatalogFile>(File.ReadAllBytes(path), s_json)!;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }

        if (file.Version != Version)
        {
            throw new InvalidDataException($"{path}: catalog version {file.Version}; this program reads version {Version}.");
        }

        return new BackboneCatalog(folder, [.. file.Backbones.Select(entry => ToBackbone(entry, folder, path))]);
    }

    /// <summary>Finds a backbone by id.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists them.</exception>
    public Backbone Find(string id) =>
        Backbones.FirstOrDefault(backbone => backbone.Id == id)
        ?? throw new ArgumentException($"The catalog has no model '{id}'; it has {string.Join(", ", Backbones.Select(backbone => backbone.Id))}. A graph of your own is named by its path.", nameof(id));

    /// <summary>Checks a backbone's graph file against the SHA-256 that the catalog states.</summary>
    /// <exception cref="InvalidDataException">The file is missing or another.</exception>
    public static void Verify(Backbone backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (!File.Exists(backbone.GraphPath))
        {
            throw new InvalidDataException($"{backbone.GraphPath}: the graph of {backbone.Id} is not there. Reinstall, or name a graph with --model FILE.");
        }

        var found = Hash(backbone.GraphPath);
        if (found != backbone.GraphSha256)
        {
            throw new InvalidDataException(
                $"{backbone.GraphPath}: SHA-256 is {found}, {backbone.Id} should be {backbone.GraphSha256}. The file is damaged or another; restore it.");
        }
    }

    internal static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static Backbone ToBackbone(CatalogEntry entry, string folder, string path)
    {
        var taps = entry.Taps.Select(tap => new BackboneTap(tap.Name, tap.Tensor, tap.Dimension, tap.IsMap)).ToList();
        var bottleneck = taps.FindIndex(tap => tap.Name == entry.Bottleneck);
        if (bottleneck < 0 || taps.Any(tap => tap.Dimension < 1))
        {
            throw new InvalidDataException($"{path}: {entry.Id}: the bottleneck '{entry.Bottleneck}' must be one of the taps, and each dimension at least 1.");
        }

        var first = taps[bottleneck];
        taps.RemoveAt(bottleneck);
        return new Backbone
        {
            Id = entry.Id,
            Title = entry.Title,
            GraphPath = Path.Combine(folder, Path.GetFileName(entry.File)),
            GraphSha256 = entry.Sha256,
            Source = entry.Source,
            Licence = entry.Licence,
            Input = entry.Input,
            Preprocessing = ImagePreprocessing.Parse(entry.Preprocessing),
            Taps = [first, .. taps],
        };
    }

    private sealed record CatalogFile(int Version, IReadOnlyList<CatalogEntry> Backbones);

    private sealed record CatalogEntry(
        string Id,
        string Title,
        string File,
        long Bytes,
        string Sha256,
        string Source,
        string Licence,
        string LicenceFile,
        string Input,
        string Preprocessing,
        string Bottleneck,
        IReadOnlyList<CatalogTap> Taps);

    private sealed record CatalogTap(string Name, string Tensor, int Dimension, bool IsMap);
}
