using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Tests.Sources;

public sealed partial class ImageFolderSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Labels_are_the_first_level_and_everything_is_in_natural_order()
    {
        _folder.Make("class10/a.jpg", "class2/img10.PNG", "class2/img2.jpeg", "class2/deep/er/b.gif", "class2/c.bmp");
        var dataset = ImageFolderSource.Read(_folder.FullPath);
        Assert.Equal(["class2", "class10"], dataset.Labels);
        Assert.Equal(["class2/c.bmp", "class2/deep/er/b.gif", "class2/img2.jpeg", "class2/img10.PNG", "class10/a.jpg"], dataset.Images.Select(image => image.Path));
        Assert.Equal(["class2", "class2", "class2", "class2", "class10"], dataset.Images.Select(image => image.Label));
        Assert.All(dataset.Images, image => Assert.True(File.Exists(image.FullPath)));
        Assert.Equal(_folder.FullPath, dataset.Root);
        Assert.Empty(dataset.Notices);

        Assert.Equal(["class10", "class2"], ImageFolderSource.Read(_folder.FullPath + "/", new ImageFolderOptions { Order = ImageOrder.Ordinal }).Labels);
    }

    [Fact]
    public void Hidden_files_and_folders_are_skipped_and_other_files_counted()
    {
        _folder.Make("a/1.jpg", "b/2.jpg", "a/.hidden.jpg", ".git/x.jpg", "a/.thumbs/y.jpg", "a/notes.txt", "b/notes.txt", "b/x.WEBP", "b/README", "top.jpg", "labels.csv");
        var dataset = ImageFolderSource.Read(_folder.FullPath);
        Assert.Equal(["a/1.jpg", "b/2.jpg"], dataset.Images.Select(image => image.Path));
        Assert.Contains(dataset.Notices, notice => notice.StartsWith("1 picture lies beside the label folders", StringComparison.Ordinal));
        Assert.Contains(dataset.Notices, notice => notice.Contains("4 files", StringComparison.Ordinal) && notice.Contains("2 .txt", StringComparison.Ordinal)
            && notice.Contains("1 .webp", StringComparison.Ordinal) && notice.Contains("1 without an extension", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_without_an_extension_is_taken_if_it_begins_like_a_picture()
    {
        _folder.Make("a/1.jpg", "b/x");
        File.WriteAllBytes(_folder.At("b/picture"), [0xFF, 0xD8, 0xFF, 0xE0, 0]);
        Assert.Equal(["a/1.jpg", "b/picture"], ImageFolderSource.Read(_folder.FullPath).Images.Select(image => image.Path));
    }

    [Fact]
    public void Empty_labels_one_label_and_labels_of_other_case_are_said()
    {
        _folder.Make("a/1.jpg", "empty/x.txt");
        Directory.CreateDirectory(_folder.At("void"));
        var dataset = ImageFolderSource.Read(_folder.FullPath);
        Assert.Equal(["a"], dataset.Labels);
        Assert.Contains(dataset.Notices, notice => notice.Contains("one label only, a", StringComparison.Ordinal));
        Assert.Contains(dataset.Notices, notice => notice.Contains("No picture in empty, void", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Labels_that_differ_in_case_only_are_said()
    {
        _folder.Make("Daisy/1.jpg", "daisy/2.jpg");
        Skip.If(Directory.GetDirectories(_folder.FullPath).Length < 2, "The file system does not tell upper from lower case.");
        var dataset = ImageFolderSource.Read(_folder.FullPath);
        Assert.Equal(["Daisy", "daisy"], dataset.Labels);
        Assert.Contains(dataset.Notices, notice => notice.Contains("Daisy, daisy differ in upper and lower case", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Links_are_followed_and_loops_end()
    {
        Skip.If(OperatingSystem.IsWindows(), "Symbolic links need a privilege on Windows.");
        _folder.Make("a/1.jpg", "b/2.jpg", "b/sub/3.jpg");
        Directory.CreateSymbolicLink(_folder.At("b/sub/up"), "..");
        Directory.CreateSymbolicLink(_folder.At("b/sub/root"), _folder.FullPath);
        Directory.CreateSymbolicLink(_folder.At("b/self"), _folder.At("b/self"));
        Directory.CreateSymbolicLink(_folder.At("c"), _folder.At("a"));
        File.CreateSymbolicLink(_folder.At("b/link.jpg"), _folder.At("a/1.jpg"));
        File.CreateSymbolicLink(_folder.At("b/broken.jpg"), "nowhere.jpg");
        var dataset = ImageFolderSource.Read(_folder.FullPath);
        Assert.Equal(["a", "b", "c"], dataset.Labels);
        Assert.Equal(["c/1.jpg"], dataset.Images.Where(image => image.Label == "c").Select(image => image.Path));
        Assert.Contains("b/link.jpg", dataset.Images.Select(image => image.Path));
        Assert.DoesNotContain("b/broken.jpg", dataset.Images.Select(image => image.Path));

        // Through b/sub/root every real folder is met once more at most.
        Assert.InRange(dataset.Images.Count, 5, 12);
        Assert.Equal(dataset.Images.Count, dataset.Images.Select(image => image.Path).Distinct().Count());
        Assert.Contains(dataset.Notices, notice => notice.Contains("read once", StringComparison.Ordinal));
        Assert.Contains(dataset.Notices, notice => notice.Contains("nowhere", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("photos/none", "photos", "none")]
    [InlineData("Photos", "", "photos")]
    public void A_missing_folder_is_named_with_the_nearest_that_exists(string name, string parent, string named)
    {
        _folder.Make("photos/a/1.jpg");
        Skip.If(name == "Photos" && Directory.Exists(_folder.At(name)), "The file system does not tell upper from lower case.");
        var fault = Assert.Throws<DatasetException>(() => ImageFolderSource.Read(_folder.At(name)));
        Assert.Contains($"{Path.TrimEndingDirectorySeparator(_folder.At(parent))} exists", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"'{named}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_without_labels_and_empty_folders_are_errors_that_say_what_is_expected()
    {
        Assert.Contains("has no folders", Assert.Throws<DatasetException>(() => ImageFolderSource.Read(_folder.FullPath)).Message, StringComparison.Ordinal);
        _folder.Make("1.jpg", "2.jpg");
        Assert.Contains("2 pictures but no label folders", Assert.Throws<DatasetException>(() => ImageFolderSource.Read(_folder.FullPath)).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<DatasetException>(() => ImageFolderSource.Read(_folder.At("1.jpg"))).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_read_is_an_error_that_names_it()
    {
        Skip.If(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Needs a user whom file modes bind.");
        _folder.Make("a/1.jpg", "b/2.jpg");
        File.SetUnixFileMode(_folder.At("b"), UnixFileMode.None);
        try
        {
            Assert.Contains(_folder.At("b"), Assert.Throws<DatasetException>(() => ImageFolderSource.Read(_folder.FullPath)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_folder.At("b"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void Odd_names_are_names()
    {
        string[] names = ["x/a, b.jpg", "x/quo\"te.jpg", "x/ümläut.jpg", "y z/🌻.png", "y z/ .jpg"];
        _folder.Make(names);
        Assert.Equal(names.Order(PathOrder.Natural), ImageFolderSource.Read(_folder.FullPath).Images.Select(image => image.Path));
    }

    [SkippableFact]
    public void A_link_to_the_data_set_itself_or_to_what_holds_it_is_no_label()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        _folder.Make("other/x.jpg", "photos/a/1.jpg", "photos/b/2.jpg");
        Directory.CreateSymbolicLink(_folder.At("photos/self"), ".");
        Directory.CreateSymbolicLink(_folder.At("photos/up"), "..");
        Directory.CreateSymbolicLink(_folder.At("photos/round"), "../photos/self");
        Directory.CreateSymbolicLink(_folder.At("photos/c"), "../other");
        var dataset = ImageFolderSource.Read(_folder.At("photos"));
        Assert.Equal(["a/1.jpg", "b/2.jpg", "c/x.jpg"], dataset.Images.Select(image => image.Path));
        Assert.Contains(dataset.Notices, notice => notice.StartsWith("3 linked folders lead back", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_name_that_is_no_text_is_told_from_a_broken_link()
    {
        Skip.If(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "file names are bytes on Linux only");
        _folder.Make("a/1.jpg", "b/2.jpg");
        File.CreateSymbolicLink(_folder.At("a/broken.jpg"), "nowhere");
        byte[] badName = [.. Encoding.UTF8.GetBytes(_folder.At("a/bad")), 0xFF, .. ".jpg\0"u8];
        Assert.Equal(0, Link(Encoding.UTF8.GetBytes(_folder.At("a/1.jpg") + "\0"), badName));
        var dataset = ImageFolderSource.Read(_folder.FullPath);
        Assert.Equal(0, Unlink(badName));
        Assert.Equal(["a/1.jpg", "b/2.jpg"], dataset.Images.Select(image => image.Path));
        Assert.Contains(dataset.Notices, notice => notice.StartsWith("1 symbolic link leads nowhere", StringComparison.Ordinal));
        Assert.Contains(dataset.Notices, notice => notice.StartsWith("1 name is not valid Unicode", StringComparison.Ordinal));
    }

    [Fact]
    public void Deep_nesting_ends()
    {
        _folder.Make("a/1.jpg", "a/" + string.Concat(Enumerable.Repeat("d/", 70)) + "2.jpg");
        var dataset = ImageFolderSource.Read(_folder.FullPath);
        Assert.Single(dataset.Images);
        Assert.Contains(dataset.Notices, notice => notice.Contains("nested deeper", StringComparison.Ordinal));
    }

    [LibraryImport("libc", EntryPoint = "link")]
    private static partial int Link(byte[] from, byte[] to);

    [LibraryImport("libc", EntryPoint = "unlink")]
    private static partial int Unlink(byte[] path);
}
