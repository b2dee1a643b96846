namespace MlTransfer.Datasets.Sources;

/// <summary>Helps a user who mistyped a path.</summary>
internal static class MissingPath
{
    /// <summary>Which part of the path is there, and what it holds that is spelled like the missing part.</summary>
    public static string Explain(string fullPath)
    {
        var missing = fullPath;
        var parent = Path.GetDirectoryName(missing);
        while (parent is not null && !Directory.Exists(parent))
        {
            missing = parent;
            parent = Path.GetDirectoryName(missing);
        }

        if (parent is null)
        {
            return "no part of the path exists.";
        }

        var name = Path.GetFileName(missing);
        try
        {
            var similar = Directory.EnumerateFileSystemEntries(parent).Take(10_000).Select(entry => Path.GetFileName(entry))
                .FirstOrDefault(entry => string.Equals(entry, name, StringComparison.OrdinalIgnoreCase));
            return similar is null ? $"{parent} exists and has no '{name}'." : $"{parent} exists and has '{similar}', which differs in upper and lower case.";
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            return $"{parent} exists but cannot be listed: {fault.Message}";
        }
    }
}
