using System.Diagnostics;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace MlTransfer.Goldens;

/// <summary>
/// Runs tests again in processes from which the runtime hides vector instructions, and proves that it did: kernels choose their form at run
/// time, so one machine can test them all.
/// </summary>
public static partial class HiddenInstructions
{
    /// <summary>Tells a child which widths it must not find in hardware; absent in the parent.</summary>
    private const string HiddenVariable = "MLTRANSFER_TEST_HIDDEN_WIDTHS";

    /// <summary>Whether this process is such a child; a child starts no children.</summary>
    public static bool IsChild => Environment.GetEnvironmentVariable(HiddenVariable) is not null;

    /// <summary>Runtime settings, and the widths in bits that they hide. .NET 8 and 9 call the first EnableAVX512F, .NET 10 EnableAVX512.</summary>
    public static TheoryData<string, string> Settings => new()
    {
        { "DOTNET_EnableAVX512F=0;DOTNET_EnableAVX512=0", "512" },
        { "DOTNET_EnableAVX2=0", "512,256" },
        { "DOTNET_EnableHWIntrinsic=0", "512,256,128" },
    };

    /// <summary>Runs some tests of an assembly in a child; fails where the child fails, where nothing ran, or where the setting had no effect.</summary>
    /// <param name="assembly">A test assembly with a test that calls <see cref="AssertHidden"/>.</param>
    /// <param name="setting">Environment variables, NAME=VALUE, separated by semicolons.</param>
    /// <param name="hidden">Widths they hide.</param>
    /// <param name="filter">Which tests, in vstest's language. The proving test is added.</param>
    /// <param name="log">Gets the child's counts.</param>
    /// <param name="more">Further environment variables.</param>
    /// <returns>The child's output, which names every test that passed.</returns>
    public static async Task<string> RunAsync(Assembly assembly, string setting, string hidden, string filter, ITestOutputHelper log, params (string Name, string Value)[] more)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(more);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("vstest");
        start.ArgumentList.Add(assembly.Location);
        start.ArgumentList.Add($"--TestCaseFilter:{filter}|FullyQualifiedName~{nameof(HiddenInstructions)}_");
        start.ArgumentList.Add("--logger:console;verbosity=detailed");
        start.Environment[HiddenVariable] = hidden;
        foreach (var variable in setting.Split(';'))
        {
            start.Environment[variable.Split('=')[0]] = variable.Split('=')[1];
        }

        foreach (var (name, value) in more)
        {
            start.Environment[name] = value;
        }

        var watch = Stopwatch.StartNew();
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        var output = await child.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await child.WaitForExitAsync().ConfigureAwait(false);
        log.WriteLine($"{setting}: {PassedCount().Match(output).Groups[1].Value} tests passed in {watch.Elapsed.TotalSeconds:F0} s");
        Assert.True(child.ExitCode == 0, output + await errors.ConfigureAwait(false));
        Assert.Contains(Proof(hidden), output, StringComparison.Ordinal);
        Assert.True(int.TryParse(PassedCount().Match(output).Groups[1].Value, out var passed) && passed > 1, "nothing but the proof ran:\n" + output);
        return output;
    }

    /// <summary>Fails where a width that is to be hidden is accelerated; writes down what is. To be called by a test whose name begins with "HiddenInstructions_".</summary>
    /// <returns>The widths hidden.</returns>
    public static IReadOnlyList<string> AssertHidden(ITestOutputHelper log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var list = Environment.GetEnvironmentVariable(HiddenVariable) ?? string.Empty;
        var hidden = list.Split(',', StringSplitOptions.RemoveEmptyEntries);
        log.WriteLine($"{Proof(list)}, 256 {Vector256.IsHardwareAccelerated}, 128 {Vector128.IsHardwareAccelerated}");
        Assert.False(hidden.Contains("512") && Vector512.IsHardwareAccelerated, "512-bit vectors were to be hidden and are in use");
        Assert.False(hidden.Contains("256") && Vector256.IsHardwareAccelerated, "256-bit vectors were to be hidden and are in use");
        Assert.False(hidden.Contains("128") && Vector128.IsHardwareAccelerated, "128-bit vectors were to be hidden and are in use");
        return hidden;
    }

    /// <summary>What a child writes that has 512-bit vectors hidden, as every child has.</summary>
    private static string Proof(string hidden) => $"hidden {hidden}: 512 {(hidden.Length > 0 ? false : Vector512.IsHardwareAccelerated)}";

    [GeneratedRegex(@"^\s*Passed: (\d+)", RegexOptions.Multiline)]
    private static partial Regex PassedCount();
}
