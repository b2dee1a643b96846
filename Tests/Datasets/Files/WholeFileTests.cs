using System.Runtime.InteropServices;
using MlTransfer.Datasets.Files;
using MlTransfer.Datasets.Tests.Sources;

namespace MlTransfer.Datasets.Tests.Files;

public sealed partial class WholeFileTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_fails_leaves_the_file_that_was_there()
    {
        var path = _folder.At("new/folder/x");
        WholeFile.Write(path, [1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => WholeFile.Write(path, stream =>
        {
            stream.Write([4, 5, 6]);
            throw new InvalidOperationException("stop");
        }));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.At("new/folder")));
    }

    [Theory]
    [InlineData(255)]
    [InlineData(240)]
    public void A_name_may_be_as_long_as_names_may_be(int length)
    {
        var path = _folder.At(new string('x', length));
        WholeFile.Write(path, [1]);
        WholeFile.Write(path, [2]);
        Assert.Equal([2], File.ReadAllBytes(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    [SkippableFact]
    public void A_device_is_written_to_and_stays()
    {
        Skip.If(OperatingSystem.IsWindows(), "/dev/null and /dev/full");
        var link = _folder.At("link");
        File.CreateSymbolicLink(link, "/dev/null");
        WholeFile.Write(link, [1, 2, 3]);
        Assert.Equal("/dev/null", new FileInfo(link).LinkTarget);
        Assert.Equal(0, new FileInfo("/dev/null").Length);
        Skip.IfNot(File.Exists("/dev/full"), "there is no /dev/full");
        var full = _folder.At("full");
        File.CreateSymbolicLink(full, "/dev/full");
        Assert.Throws<IOException>(() => WholeFile.Write(full, [1, 2, 3]));
        Assert.Equal("/dev/full", new FileInfo(full).LinkTarget);
    }

    [SkippableFact]
    public async Task Who_reads_a_pipe_gets_all_of_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "pipes are made with mkfifo(3)");
        var pipe = _folder.At("pipe");
        Assert.Equal(0, MakePipe(pipe, 0x1B6));
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        var read = Task.Run(() =>
        {
            using var reader = new FileStream(pipe, FileMode.Open, FileAccess.Read);
            using var got = new MemoryStream();
            reader.CopyTo(got);
            return got.ToArray();
        });
        var write = Task.Run(() => WholeFile.Write(pipe, stream =>
        {
            // As writers of archives do.
            stream.Write(new byte[content.Length]);
            stream.Position = 0;
            stream.Write(content);
        }));
        await write.WaitAsync(s_patience);
        Assert.Equal(content, await read.WaitAsync(s_patience));
    }

    [Fact]
    public void An_empty_file_is_replaced_like_any_other()
    {
        _folder.Make("x");
        WholeFile.Write(_folder.At("x"), [1]);
        Assert.Equal([1], File.ReadAllBytes(_folder.At("x")));
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
