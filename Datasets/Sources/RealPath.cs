namespace MlTransfer.Datasets.Sources;

/// <summary>The path of a folder with every symbolic link on the way replaced by what it leads to.</summary>
internal static class RealPath
{
    /// <summary>As many links as Linux follows before it gives up with ELOOP.</summary>
    private const int MaxLinks = 40;

    /// <summary>Resolves all parts of a full path; past <see cref="MaxLinks"/> links the rest stays as it is.</summary>
    public static string Of(string fullPath)
    {
        var root = Path.GetPathRoot(fullPath) ?? "";
        var resolved = root;
        var parts = new Stack<string>(Parts(fullPath[root.Length..]).Reverse());
        var links = 0;
        while (parts.TryPop(out var part))
        {
            if (part == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? root;
                continue;
            }

            var next = Path.Combine(resolved, part);
            var target = links < MaxLinks ? new DirectoryInfo(next).LinkTarget : null;
            if (target is null)
            {
                resolved = next;
                continue;
            }

            links++;
            if (Path.IsPathRooted(target))
            {
                resolved = Path.GetPathRoot(target) ?? root;
                target = target[resolved.Length..];
            }

            foreach (var inner in Parts(target).Reverse())
            {
                parts.Push(inner);
            }
        }

        return resolved;
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
