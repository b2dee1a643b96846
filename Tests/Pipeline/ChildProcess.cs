using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MlTransfer.Pipeline.Tests;

/// <summary>A program of this solution in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Starts `dotnet PROGRAM.dll arguments` in a folder; both streams are read by the caller.</summary>
    public static Process Start(string program, string folder, params string[] arguments) =>
        StartFile("dotnet", folder, [Path.Combine(AppContext.BaseDirectory, program), .. arguments]);

    /// <summary>
    /// Starts a program so that SIGINT reaches it, even when this test run ignores the signal, as the background jobs of a shell script do: a child inherits
    /// that, and .NET honours it. On Windows, or where nothing can undo it, the test is skipped with the reason.
    /// </summary>
    public static Process StartInterruptible(string program, string folder, params string[] arguments)
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent with kill(2)");
        if (!IgnoresInterrupt())
        {
            return Start(program, folder, arguments);
        }

        string[] reset = ["--default-signal=INT", "dotnet"];
        Skip.IfNot(Succeeds("env", [.. reset, "--version"]), "this test run ignores SIGINT, its children inherit that, and there is no env --default-signal to undo it");
        return StartFile("env", folder, [.. reset, Path.Combine(AppContext.BaseDirectory, program), .. arguments]);
    }

    private static bool IgnoresInterrupt()
    {
        const int Interrupt = 2;
        const string Field = "SigIgn:";
        const string Status = "/proc/self/status";
        var ignored = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        return ignored is not null && (ulong.Parse(ignored[Field.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (Interrupt - 1) & 1) == 1;
    }

    private static bool Succeeds(string file, string[] arguments)
    {
        try
        {
            using var process = StartFile(file, ".", arguments);
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static Process StartFile(string file, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(file) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
