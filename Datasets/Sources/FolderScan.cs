using System.Globalization;

namespace MlTransfer.Datasets.Sources;

/// <summary>Walks the label folders of one data set and keeps account of what it leaves out.</summary>
internal sealed class FolderScan(PathOrder order)
{
    /// <summary>Deeper nesting than this is no data set; it also bounds a file system that shows loops without links.</summary>
    private const int MaxDepth = 64;

    private readonly SortedDictionary<string, int> _ignoredExtensions = new(StringComparer.Ordinal);
    private readonly List<string> _repeated = [];
    private readonly List<string> _unopenable = [];
    private int _brokenLinks;
    private int _tooDeep;

    /// <summary>Pictures that lie in the root, where no folder names their label.</summary>
    public int ImagesInRoot { get; private set; }

    /// <summary>The label folders of a root, in order.</summary>
    public IReadOnlyList<DirectoryInfo> LabelFolders(string root)
    {
        var folders = new List<DirectoryInfo>();
        var above = WithThoseAbove(root);
        foreach (var entry in Entries(root))
        {
            if (entry is DirectoryInfo folder)
            {
                // A link to the data set itself, or to what holds it, names no label.
                if (above.Contains(RealPath.Of(folder.FullName)))
                {
                    _repeated.Add(folder.Name);
                }
                else
                {
                    folders.Add(folder);
                }
            }
            else if (ImageFileNames.HasImageExtension(entry.Name))
            {
                ImagesInRoot++;
            }
        }

        folders.Sort((x, y) => order.Compare(x.Name, y.Name));
        return folders;
    }

    /// <summary>The pictures below a label folder: path relative to it, with '/', and full path; in order.</summary>
    public List<(string Name, string FullPath)> Files(DirectoryInfo labelFolder)
    {
        var found = new List<(string Name, string FullPath)>();
        var seen = WithThoseAbove(labelFolder.FullName);
        var open = new Stack<(string FullPath, string Prefix, int Depth)>();
        open.Push((labelFolder.FullName, "", 0));
        while (open.TryPop(out var folder))
        {
            foreach (var entry in Entries(folder.FullPath))
            {
                var name = folder.Prefix + entry.Name;
                if (entry is not DirectoryInfo)
                {
                    if (IsTaken(entry))
                    {
                        found.Add((name, entry.FullName));
                    }
                }
                else if (folder.Depth == MaxDepth)
                {
                    _tooDeep++;
                }
                else if (seen.Add(RealPath.Of(entry.FullName)))
                {
                    open.Push((entry.FullName, name + "/", folder.Depth + 1));
                }
                else
                {
                    _repeated.Add($"{labelFolder.Name}/{name}");
                }
            }
        }

        found.Sort((x, y) => order.Compare(x.Name, y.Name));
        return found;
    }

    /// <summary>What was left out, one sentence each.</summary>
    public IEnumerable<string> Describe()
    {
        if (ImagesInRoot > 0)
        {
            yield return Said($"{ImagesInRoot} {(ImagesInRoot == 1 ? "picture lies" : "pictures lie")} beside the label folders and {(ImagesInRoot == 1 ? "has" : "have")} no label: left out.");
        }

        if (_ignoredExtensions.Count > 0)
        {
            var kinds = string.Join(", ", _ignoredExtensions.Take(10).Select(pair => Said($"{pair.Value} {pair.Key}")));
            yield return Said($"{_ignoredExtensions.Values.Sum()} {(_ignoredExtensions.Values.Sum() == 1 ? "file that is not named like a picture is" : "files that are not named like pictures are")} left out: {kinds}.");
        }

        if (_repeated.Count > 0)
        {
            yield return Said($"{_repeated.Count} linked {(_repeated.Count == 1 ? "folder leads" : "folders lead")} back to a folder above, or to one that the same label has already (first: {_repeated[0]}); read once.");
        }

        if (_brokenLinks > 0)
        {
            yield return Said($"{_brokenLinks} symbolic {(_brokenLinks == 1 ? "link leads" : "links lead")} nowhere: left out.");
        }

        if (_unopenable.Count > 0)
        {
            yield return Said($"{_unopenable.Count} {(_unopenable.Count == 1 ? "name is" : "names are")} not valid Unicode and cannot be opened (first: {_unopenable[0]}): left out; rename {(_unopenable.Count == 1 ? "it" : "them")}.");
        }

        if (_tooDeep > 0)
        {
            yield return Said($"{_tooDeep} {(_tooDeep == 1 ? "folder is" : "folders are")} nested deeper than {MaxDepth} levels: left out.");
        }
    }

    /// <summary>The real paths of a folder and of all that hold it.</summary>
    private static HashSet<string> WithThoseAbove(string folder)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        for (var path = RealPath.Of(folder); path is not null; path = Path.GetDirectoryName(path))
        {
            paths.Add(path);
        }

        return paths;
    }

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private bool IsTaken(FileSystemInfo file)
    {
        var extension = Path.GetExtension(file.Name);
        if (!File.Exists(file.FullName) && file.Name.Contains('\uFFFD', StringComparison.Ordinal))
        {
            _unopenable.Add(file.FullName);
            return false;
        }

        if (!File.Exists(file.FullName) || LeadsNowhere(file))
        {
            _brokenLinks++;
            return false;
        }

        if (ImageFileNames.HasImageExtension(file.Name) || (extension.Length == 0 && LooksLikeImage(file.FullName)))
        {
            return true;
        }

        var kind = extension.Length == 0 ? "without an extension" : extension.ToLowerInvariant();
        _ignoredExtensions[kind] = _ignoredExtensions.GetValueOrDefault(kind) + 1;
        return false;
    }

    /// <summary>Whether a file is a symbolic link to nothing, or to itself; File.Exists is content with the link.</summary>
    private static bool LeadsNowhere(FileSystemInfo file)
    {
        if (!file.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return false;
        }

        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) is { Exists: false };
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool LooksLikeImage(string fullPath)
    {
        try
        {
            return ImageFileNames.BeginsLikeImage(fullPath);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            // Taken, so that the fault is reported with the file's name where it is decoded.
            return true;
        }
    }

    /// <summary>What is in a folder and not hidden; a link to a folder counts as a folder.</summary>
    private List<FileSystemInfo> Entries(string folder)
    {
        try
        {
            var entries = new List<FileSystemInfo>();
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false }))
            {
                if (entry.Name.StartsWith('.') || (OperatingSystem.IsWindows() && entry.Attributes.HasFlag(FileAttributes.Hidden)))
                {
                    continue;
                }

                if (entry is DirectoryInfo || !Directory.Exists(entry.FullName))
                {
                    if (entry is DirectoryInfo && entry.Name.Contains('\uFFFD', StringComparison.Ordinal) && !Directory.Exists(entry.FullName))
                    {
                        _unopenable.Add(entry.FullName);
                        continue;
                    }

                    entries.Add(entry);
                }
                else
                {
                    entries.Add(new DirectoryInfo(entry.FullName));
                }
            }

            return entries;
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new DatasetException($"The folder {folder} cannot be read: {fault.Message} Give yourself the right to list it, or move it out of the data set.", fault);
        }
    }
}
