using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace MlTransfer.Benchmarks.Kernels;

/// <summary>Every kernel family at every register width the processor has, against its scalar reference, by BenchmarkDotNet.</summary>
/// <remarks>In this process: the tool's own way builds a project with packages that need not be at hand.</remarks>
internal sealed class KernelsBenchmark : IBenchmark
{
    public string Name => "kernels";

    public string Description => "each kernel family at each register width against its scalar reference, by BenchmarkDotNet (--filter '*Winograd*'; its other options too)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .HideColumns(Column.Error, Column.StdDev, Column.RatioSD, Column.Job)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "mltransfer-kernels"))
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);
        string[] given = arguments.Any(argument => argument is "--filter" or "-f") ? [.. arguments] : [.. arguments, "--filter", "*"];
        var summaries = BenchmarkSwitcher
            .FromTypes([typeof(ConvolutionBenchmarks), typeof(WinogradBenchmarks), typeof(StrassenBenchmarks), typeof(DepthwiseBenchmarks), typeof(PoolingBenchmarks), typeof(ElementwiseBenchmarks)])
            .Run(given, config);
        return summaries.Any() && summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
