using System.Collections.Concurrent;
using System.Diagnostics;

namespace MlTransfer.Goldens.Peers;

/// <summary>Programs of Node.js with packages that a folder in NODE_PATH holds: other implementations to compare with.</summary>
public static class NodeProgram
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly ConcurrentDictionary<string, string?> s_missing = new(StringComparer.Ordinal);

    /// <summary>Why programs that need a package can not run here; null if they can.</summary>
    public static string? WhyMissing(string package) => s_missing.GetOrAdd(package, name =>
    {
        try
        {
            return Start(["-e", $"require.resolve('{name}')"]).ExitCode == 0 ? null : $"node does not find the package {name}: install it in a folder outside the project that NODE_PATH names";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "there is no node on the PATH";
        }
    });

    /// <summary>Runs a script of this folder.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public static void Run(string script, params string[] arguments)
    {
        var (code, error) = Start([Path.Combine(GoldenFolder.Repository, "Tests", "Goldens", "Peers", script), .. arguments]);
        if (code != 0)
        {
            throw new InvalidOperationException($"{script} failed with {code}: {error}");
        }
    }

    private static (int ExitCode, string Error) Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"not done after {s_patience}");
        }

        process.WaitForExit();
        return (process.ExitCode, output.Result + error.Result);
    }
}
