using System.Runtime.InteropServices;
using MlTransfer.Datasets.Samples;
using MlTransfer.Features.Cache;

namespace MlTransfer.Pipeline.Tests;

public sealed partial class InterruptTests : IDisposable
{
    private const int Interrupt = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Ctrl_C_stops_cleanly_keeps_what_was_computed_and_says_how_to_go_on()
    {
        var cache = Path.Combine(_folder, "cache");
        using var process = ChildProcess.StartInterruptible("mltransfer.dll", _folder, "extract-features", "--images", SampleDataset.Locate(), "--cache", cache, "--batch", "1");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = new List<string>();
        DateTime? interrupted = null;
        var sent = -1;

        // Sent from here and not after an await: where other tests keep the runner busy, the program would have ended by then.
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                errors.Add(text);
                if (interrupted is null && text.StartsWith("Extracting", StringComparison.Ordinal) && text.Contains("images/s", StringComparison.Ordinal))
                {
                    interrupted = DateTime.Now;
                    sent = Kill(process.Id, Interrupt);
                }
            }
        };
        process.BeginErrorReadLine();
        await process.WaitForExitAsync();
        await output;
        Assert.True(interrupted is not null, string.Join('\n', errors));
        Assert.Equal(0, sent);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains(errors, line => line.StartsWith("Stopped.", StringComparison.Ordinal) && line.Contains("run the same command again", StringComparison.Ordinal));
        Assert.True(process.ExitTime - interrupted < TimeSpan.FromSeconds(30), "it hangs");

        Assert.True(FeatureCache.Verify(cache).IsSound);
        using var stored = FeatureCache.OpenRead(cache);
        Assert.NotEmpty(stored.Entries);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
