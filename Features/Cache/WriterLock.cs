using System.Globalization;
using System.Text;

namespace MlTransfer.Features.Cache;

/// <summary>Holds a cache's folder for one writer. The operating system gives it up when the process ends, however it ends.</summary>
internal sealed class WriterLock : IDisposable
{
    /// <summary>Who holds the lock, in words; readable while the lock itself is not.</summary>
    private const string OwnerName = "writer.txt";

    private readonly FileStream _file;
    private readonly string _owner;

    private WriterLock(FileStream file, string owner)
    {
        _file = file;
        _owner = owner;
    }

    /// <summary>Takes the lock or says who has it.</summary>
    /// <exception cref="FeatureCacheException">Another writer holds it, or the folder cannot be written to.</exception>
    public static WriterLock Take(string folder)
    {
        var owner = Path.Combine(folder, OwnerName);
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(folder, CacheFolder.LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (IsHeld(fault))
        {
            throw new FeatureCacheException($"The feature cache {folder} is being written to{Who(owner)}. Wait until that has ended, or use another cache folder. ({fault.Message})", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new FeatureCacheException($"The feature cache {folder} cannot be written to: {fault.Message}", fault);
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}Z");
        try
        {
            File.WriteAllText(owner, text, Encoding.UTF8);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Only a courtesy to others; on a full disk the cache can still be opened to free space.
        }

        return new WriterLock(file, owner);
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_owner);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A stale name is only shown beside a lock that is held.
        }

        _file.Dispose();
    }

    /// <summary>Whether another process has the file open: the error codes of a sharing or lock violation (Windows), of EWOULDBLOCK (Linux, macOS).</summary>
    private static bool IsHeld(IOException fault) => (fault.HResult & 0xFFFF) is var code && (OperatingSystem.IsWindows() ? code is 32 or 33 : code is 11 or 35);

    private static string Who(string owner)
    {
        try
        {
            return File.Exists(owner) ? $" by {File.ReadAllText(owner)}" : " by another process";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return " by another process";
        }
    }
}
