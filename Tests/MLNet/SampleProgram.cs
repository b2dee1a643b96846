using System.Diagnostics;
using MlTransfer.Goldens;

namespace MlTransfer.ML.Tests;

/// <summary>Programs of the repository in processes of their own, built as this test was.</summary>
internal static class SampleProgram
{
    /// <summary>Runs the ML.NET sample.</summary>
    public static Task<(int Code, string Output, string Error)> RunAsync(string folder, string[] arguments) => StartAsync(["samples", "MLNet"], "MLNetSample.dll", folder, arguments);

    /// <summary>Runs the command line.</summary>
    public static Task<(int Code, string Output, string Error)> CommandLineAsync(string folder, string[] arguments) => StartAsync(["Pipeline"], "mltransfer.dll", folder, arguments);

    private static async Task<(int Code, string Output, string Error)> StartAsync(string[] project, string program, string folder, string[] arguments)
    {
        // …/bin/CONFIGURATION/FRAMEWORK, of the program as of this test.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine([GoldenFolder.Repository, .. project, "bin", own.Parent!.Name, own.Name, program]);
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[path, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
