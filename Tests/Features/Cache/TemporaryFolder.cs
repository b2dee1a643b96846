namespace MlTransfer.Features.Tests.Cache;

/// <summary>A folder for one test, removed with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        // In memory where there is such a place: thousands of small caches are made and flushed.
        const string memory = "/dev/shm";
        FullPath = Directory.Exists(memory)
            ? Directory.CreateDirectory(Path.Combine(memory, $"mltransfer-cache-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("mltransfer-cache-").FullName;
    }

    public string FullPath { get; }

    public string At(string name) => Path.Combine(FullPath, name);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);

    /// <summary>Copies a flat folder.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }
}
