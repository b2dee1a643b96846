using MlTransfer.Datasets.Files;

namespace MlTransfer.Datasets.Tests.Files;

public sealed class WholeFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_of_its_kind_is_replaced_whole()
    {
        var path = Path.Combine(_folder, "a", "b");
        WholeFolder.Write(path, "mark", folder => Fill(folder, "mark", "old"));
        WholeFolder.Write(path, "mark", folder => Fill(folder, "mark", "new"));
        Assert.Equal(["mark", "new"], Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "a")));
    }

    [Fact]
    public void What_fails_leaves_what_was_there()
    {
        var path = Path.Combine(_folder, "kept");
        WholeFolder.Write(path, "mark", folder => Fill(folder, "mark", "old"));
        Assert.Throws<InvalidOperationException>(() => WholeFolder.Write(path, "mark", folder =>
        {
            Fill(folder, "half");
            throw new InvalidOperationException("the disk is full");
        }));
        Assert.True(File.Exists(Path.Combine(path, "old")));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Files_and_folders_of_other_kinds_are_refused()
    {
        var path = Path.Combine(_folder, "other");
        Directory.CreateDirectory(path);
        WholeFolder.Write(path, "mark", folder => Fill(folder, "mark"));
        Fill(Directory.CreateDirectory(Path.Combine(_folder, "diary")).FullName, "monday");
        Assert.Contains("holds other things", Assert.Throws<IOException>(() => WholeFolder.Write(Path.Combine(_folder, "diary"), "mark", _ => { })).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "file"), "x");
        Assert.Contains("is a file", Assert.Throws<IOException>(() => WholeFolder.Write(Path.Combine(_folder, "file"), "mark", _ => { })).Message, StringComparison.Ordinal);
    }

    private static void Fill(string folder, params string[] names)
    {
        foreach (var name in names)
        {
            File.WriteAllText(Path.Combine(folder, name), name);
        }
    }
}
