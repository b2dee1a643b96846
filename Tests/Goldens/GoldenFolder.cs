using System.Text.Json;

namespace MlTransfer.Goldens;

/// <summary>
/// Finds the ground truth: the folder named by MLTRANSFER_SHARED, else `shared` beside the repository, else the part of it that ships in
/// Tests/Goldens/shared (same layout, fewer cases).
/// </summary>
public static class GoldenFolder
{
    /// <summary>The repository's root: the nearest folder above the test binaries that holds MlTransfer.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>What ships with the repository, whatever MLTRANSFER_SHARED says.</summary>
    public static string Bundled { get; } = Path.Combine(Repository, "Tests", "Goldens", "shared");

    /// <summary>The folder in use.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Whether <see cref="Root"/> is the full set and not just the part that ships.</summary>
    public static bool IsFullSet => Root != Bundled;

    /// <summary>A path below the root.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Reads an index file below the root; an absent one is an empty JSON object's absence, hence null.</summary>
    public static JsonElement? Index(params string[] parts)
    {
        var path = At(parts);
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MlTransfer.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds MlTransfer.sln; run the tests from a checkout.");
    }

    private static string FindRoot()
    {
        var named = Environment.GetEnvironmentVariable("MLTRANSFER_SHARED");
        if (!string.IsNullOrEmpty(named))
        {
            var full = Path.GetFullPath(named, Repository);
            return Directory.Exists(full) ? full : throw new DirectoryNotFoundException($"MLTRANSFER_SHARED names {full}, which is not a folder.");
        }

        var beside = Path.GetFullPath(Path.Combine(Repository, "..", "shared"));
        return Directory.Exists(Path.Combine(beside, "golden")) ? beside : Bundled;
    }
}
