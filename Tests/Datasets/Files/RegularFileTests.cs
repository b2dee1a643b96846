using System.Runtime.InteropServices;
using MlTransfer.Datasets.Files;
using MlTransfer.Datasets.Sources;
using MlTransfer.Datasets.Tests.Sources;

namespace MlTransfer.Datasets.Tests.Files;

public sealed partial class RegularFileTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task A_pipe_among_the_pictures_is_never_waited_for()
    {
        Skip.If(OperatingSystem.IsWindows(), "pipes are made with mkfifo(3)");
        _folder.Make("a/1.png", "b/2.png");
        Assert.Equal(0, MakePipe(_folder.At("a/pipe.jpg"), 0x1B6));
        Assert.Equal(0, MakePipe(_folder.At("a/pipe"), 0x1B6));
        File.CreateSymbolicLink(_folder.At("b/link.jpg"), _folder.At("a/pipe"));
        File.CreateSymbolicLink(_folder.At("b/link"), "link.jpg");
        File.CreateSymbolicLink(_folder.At("b/endless.jpg"), "/dev/zero");
        File.CreateSymbolicLink(_folder.At("b/endless"), "/dev/zero");
        var dataset = await Task.Run(() => ImageFolderSource.Read(_folder.FullPath)).WaitAsync(s_patience);
        Assert.Equal(["a/1.png", "a/pipe.jpg", "b/2.png", "b/endless.jpg", "b/link.jpg"], dataset.Images.Select(image => image.Path));
        foreach (var image in dataset.Images)
        {
            Assert.Empty(await Task.Run(() => RegularFile.ReadAllBytes(image.FullPath)).WaitAsync(s_patience));
        }
    }

    [Fact]
    public void A_file_is_read_whole_or_refused_for_its_length()
    {
        File.WriteAllBytes(_folder.At("x"), [1, 2, 3]);
        Assert.Equal([1, 2, 3], RegularFile.ReadAllBytes(_folder.At("x"), 3));
        Assert.Contains("3 bytes", Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(_folder.At("x"), 2)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => RegularFile.ReadAllBytes(_folder.At("y")));
    }

    [Fact]
    public void Of_a_link_the_length_of_what_it_leads_to_counts()
    {
        File.WriteAllBytes(_folder.At("x"), new byte[1000]);
        File.CreateSymbolicLink(_folder.At("link"), "x");
        Assert.Equal(1000, RegularFile.ReadAllBytes(_folder.At("link"), 1000).Length);
        Assert.Contains("1000 bytes", Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(_folder.At("link"), 999)).Message, StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
