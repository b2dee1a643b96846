using System.Runtime.InteropServices;

namespace MlTransfer.Features.Cache;

/// <summary>A cache's folder on a disk.</summary>
internal sealed partial class DiskFolder(string path) : CacheFolder
{
    // As the field's other stores do: readers go on while one process appends.
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    public override string FullPath { get; } = Path.GetFullPath(path);

    public override bool Exists(string name) => File.Exists(Path.Combine(FullPath, name));

    public override CacheFile OpenRead(string name) => new DiskFile(File.OpenHandle(Path.Combine(FullPath, name), FileMode.Open, FileAccess.Read, Shared, FileOptions.RandomAccess));

    public override CacheFile OpenWrite(string name) =>
        new DiskFile(File.OpenHandle(Path.Combine(FullPath, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, Shared, FileOptions.RandomAccess));

    public override void Rename(string from, string to)
    {
        File.Move(Path.Combine(FullPath, from), Path.Combine(FullPath, to), overwrite: true);
        Flush();
    }

    public override void Flush() => FlushDirectory(FullPath);

    /// <summary>Makes names durable that were created or renamed in a folder. Windows does this by itself.</summary>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const int readOnly = 0;
        var descriptor = OpenDirectory(directory, readOnly);
        if (descriptor < 0)
        {
            return;
        }

        // File systems that cannot flush a folder say so; nothing more can be done there.
        _ = FlushDescriptor(descriptor);
        _ = CloseDescriptor(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FlushDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);
}
