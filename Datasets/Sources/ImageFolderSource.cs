using System.Globalization;

namespace MlTransfer.Datasets.Sources;

/// <summary>Reads a folder of folders of pictures: the first level names the label, whatever lies deeper belongs to it.</summary>
/// <remarks>
/// <para>Taken: files ending in .jpg, .jpeg, .jpe, .jfif, .png, .gif, .bmp or .dib (either case), and files without an extension that begin like one of
/// these formats. Whether such a file is a sound picture shows when it is decoded. Hidden files and folders (a leading '.', or the hidden attribute
/// on Windows) are skipped; all else that is left out is counted in <see cref="ImageDataset.Notices"/>.</para>
/// <para>Order: labels first, then files within a label by path, by <see cref="ImageFolderOptions.Order"/>: natural order unless asked
/// otherwise, never the file system's or the culture's.</para>
/// <para>Symbolic links are followed; within one label a real folder is read once, so loops end, and this is said. Thread-safe.</para>
/// </remarks>
public static class ImageFolderSource
{
    /// <summary>Reads the names of all pictures; opens none but files without an extension.</summary>
    /// <param name="root">The folder that holds one folder a label.</param>
    /// <param name="options">Order; null for the defaults.</param>
    /// <exception cref="DatasetException">The folder is missing or cannot be read, or holds no labelled picture.</exception>
    public static ImageDataset Read(string root, ImageFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        options ??= new ImageFolderOptions();
        var folder = ExistingFolder(root);
        var scan = new FolderScan(PathOrder.Of(options.Order));

        var labels = new List<string>();
        var empty = new List<string>();
        var images = new List<LabeledImage>();
        foreach (var labelFolder in scan.LabelFolders(folder))
        {
            var files = scan.Files(labelFolder);
            if (files.Count == 0)
            {
                empty.Add(labelFolder.Name);
                continue;
            }

            labels.Add(labelFolder.Name);
            images.AddRange(files.Select(file => new LabeledImage($"{labelFolder.Name}/{file.Name}", file.FullPath, labelFolder.Name)));
        }

        if (images.Count == 0)
        {
            throw new DatasetException(NothingFound(folder, scan, empty));
        }

        var notices = new List<string>();
        if (labels.Count == 1)
        {
            notices.Add($"{folder} has one label only, {labels[0]}: features can be extracted, a head needs two labels or more.");
        }

        if (empty.Count > 0)
        {
            notices.Add($"No picture in {Listed(empty)}: {(empty.Count == 1 ? "this label is" : "these labels are")} left out.");
        }

        foreach (var group in labels.GroupBy(label => label, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()))
        {
            notices.Add($"Labels {Listed([.. group])} differ in upper and lower case only; they are kept apart. If they are meant to be one, move the files together.");
        }

        notices.AddRange(scan.Describe());
        return new ImageDataset { Images = images, Labels = labels, Notices = notices, Root = folder };
    }

    /// <summary>The full path of an existing folder, or an error that names the nearest one that exists.</summary>
    private static string ExistingFolder(string root)
    {
        var full = Path.GetFullPath(root);
        if (Directory.Exists(full))
        {
            return full.Length > 1 ? Path.TrimEndingDirectorySeparator(full) : full;
        }

        if (File.Exists(full))
        {
            throw new DatasetException($"{full} is a file; a folder with one folder a label was expected. A list of images is read as a .csv or .tsv file.");
        }

        throw new DatasetException($"The folder {full} does not exist; {MissingPath.Explain(full)}");
    }

    private static string NothingFound(string folder, FolderScan scan, List<string> empty)
    {
        const string layout = "Expected one folder a label with pictures in it, such as daisy/1.jpg and roses/2.jpg.";
        if (scan.ImagesInRoot > 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{folder} holds {scan.ImagesInRoot} {(scan.ImagesInRoot == 1 ? "picture" : "pictures")} but no label folders with pictures. {layout} Move the pictures into folders named by their labels.");
        }

        var found = empty.Count > 0 ? $"its folders {Listed(empty)} hold no picture" : "it has no folders";
        var rest = string.Join(" ", scan.Describe());
        return $"{folder} holds no picture: {found}. {layout}{(rest.Length > 0 ? " " + rest : "")}";
    }

    private static string Listed(List<string> names) =>
        names.Count <= 10 ? string.Join(", ", names) : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(10))} and {names.Count - 10} more");
}
