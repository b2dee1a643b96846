using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>One side of a comparison: a process that has loaded a network and runs it for as long as it is told, whenever it is told.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private Contestant(string name, Process process)
    {
        Name = name;
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        Loaded = Read();
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>What it said after loading: firstRunMs, residentMB, values.</summary>
    public JsonElement Loaded { get; }

    /// <summary>Images a second of each round.</summary>
    public List<double> Rates { get; } = [];

    /// <summary>Resident megabytes after the last round.</summary>
    public double ResidentMegabytes { get; private set; }

    /// <summary>The managed engine.</summary>
    public static Contestant Managed(ComparedNet net, int threads, int batch) => Start(
        $"managed, {threads} threads",
        Environment.ProcessPath!,
        [.. OwnAssembly(), "engine", "--serve", "--model", net.Path, "--input", net.Input, "--output", net.Output, "--threads", Text(threads), "--batch", Text(batch)]);

    /// <summary>ONNX Runtime.</summary>
    public static Contestant OnnxRuntime(ComparedNet net, int threads, int batch) => Start(
        $"ONNX Runtime, {threads} threads", "node", [Path.Combine(AppContext.BaseDirectory, "Peers", "ort-serve.cjs"), "--model", net.OnnxPath, "--threads", Text(threads), "--batch", Text(batch)]);

    /// <summary>Runs for some seconds and notes the rate.</summary>
    public void Run(double seconds)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {seconds}"));
        _process.StandardInput.Flush();
        var result = Read();
        Rates.Add(result.GetProperty("imagesPerSecond").GetDouble());
        ResidentMegabytes = result.GetProperty("residentMB").GetDouble();
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>Started through the dotnet host, a process must be told its assembly; started as a program of its own, not.</summary>
    private static string[] OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Contestant).Assembly.Location] : [];

    private static Contestant Start(string name, string program, IReadOnlyList<string> arguments)
    {
        try
        {
            return new Contestant(
                name, Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!);
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new PeerMissingException($"{program}: {fault.Message}", fault);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private JsonElement Read()
    {
        var line = _process.StandardOutput.ReadLine();
        if (line is null)
        {
            _process.WaitForExit();
            throw new PeerMissingException($"{Name} ended with {_process.ExitCode}: {_errors.Result.Trim()}");
        }

        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
