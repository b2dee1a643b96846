using System.Diagnostics;

namespace MlTransfer.Pipeline.Tests;

/// <summary>A program of this solution in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Starts `dotnet PROGRAM.dll arguments` in a folder; both streams are read by the caller.</summary>
    public static Process Start(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
