using System.Diagnostics;
using System.Globalization;
using MlTransfer.Features.Cache;

namespace MlTransfer.Features.Tests.Cache;

public sealed class FeatureCacheKillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_process_killed_while_it_writes_loses_nothing_that_it_reported()
    {
        const int kills = 6;
        var random = new Random(20);
        var folder = _folder.At("killed.features");
        var reported = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            var last = WriteAndKill(folder, random.Next(120));
            Assert.True(last >= reported, $"{last} saved after {reported} were");
            reported = last;

            Assert.Empty(FeatureCache.Verify(folder).Faults);
            using var reader = FeatureCache.OpenRead(folder);
            Assert.InRange(reader.Entries.Count, reported, int.MaxValue);
            var row = new float[CacheWriterProgram.Dimension];
            for (var image = 0; image < reader.Entries.Count; image++)
            {
                Assert.True(reader.TryGetRow(CacheData.Hash(image), out var number), $"image {image} of {reported} reported");
                reader.ReadRow(number, row);
                Assert.Equal(CacheData.Row(image, CacheWriterProgram.Dimension), row);
            }
        }

        Assert.True(reported > 0);
    }

    /// <summary>Lets a process write for so many milliseconds after its first commit, kills it, and returns the count it reported last.</summary>
    private static int WriteAndKill(string folder, int milliseconds)
    {
        var host = Environment.ProcessPath is { } own && System.IO.Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(host, ["exec", typeof(CacheWriterProgram).Assembly.Location, CacheWriterProgram.Command, folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var saved = 0;
        using var first = new ManualResetEventSlim();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("saved ", StringComparison.Ordinal) == true)
            {
                Interlocked.Exchange(ref saved, int.Parse(line.Data.AsSpan(6), CultureInfo.InvariantCulture));
                first.Set();
            }
        };
        process.Start();
        var errors = process.StandardError.ReadToEndAsync();
        process.BeginOutputReadLine();
        var started = first.Wait(TimeSpan.FromSeconds(60));
        Thread.Sleep(milliseconds);
        process.Kill();
        process.WaitForExit();
        Assert.True(started, errors.Result);
        return Volatile.Read(ref saved);
    }
}
