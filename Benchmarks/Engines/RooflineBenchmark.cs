using System.Globalization;
using System.Text.Json;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>
/// What each kind of layer reaches of the processor's peak, which is measured in the same run, before and after. Effective: the operations of
/// direct convolution over time, the figure that decides images a second; computed: those of the products that are really made.
/// </summary>
internal sealed class RooflineBenchmark : IBenchmark
{
    public string Name => "roofline";

    public string Description => "GFLOP/s of each kind of layer against the peak of multiply-adds (--model FILE or folder of golden/nets, --batch N, --threads N, --rounds N, --json)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var (threads, batch, rounds) = (Options.Number(arguments, "--threads", 1), Options.Number(arguments, "--batch", 8), Options.Number(arguments, "--rounds", 5));
        EngineModel model;
        try
        {
            model = EngineModel.Read(Options.Text(arguments, "--model") ?? EngineModel.Bundled);
        }
        catch (FileNotFoundException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return 2;
        }

        using var session = new ManagedEngine().CompileManaged(model.Graph, [model.Input], [model.Output], new EngineOptions { Threads = threads });
        var shape = new TensorShape(model.Shape(batch));
        Tensor[] input = [Tensor.From(shape, EngineModel.Pixels(shape.Count))];
        var before = PeakRate.Measure(threads);
        var steps = session.Profile(input, rounds);
        var peak = Math.Max(before, PeakRate.Measure(threads));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Peak of multiply-adds, {threads} thread{(threads == 1 ? "" : "s")}, {(int)LaneWidths.Best * 32}-bit registers: {peak:F0} GFLOP/s. Batch {batch}, least of {rounds} rounds."));
        Console.WriteLine($"{"layer",-24} {"steps",5} {"ms",9} {"% of time",9} {"effective",10} {"of peak",8} {"computed",9} {"of peak",8}");
        var rows = steps.GroupBy(KindOf).OrderByDescending(group => group.Sum(step => step.Milliseconds)).Select(group => Row(group.Key, [.. group], steps)).ToList();
        rows.Add(Row("all", steps, steps));
        foreach (var row in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Layer,-24} {row.Steps,5} {row.Milliseconds,9:F2} {row.Share * 100,8:F1}% {row.Effective,10:F1} {row.Effective / peak * 100,7:F0}% {row.Computed,9:F1} {row.Computed / peak * 100,7:F0}%"));
        }

        if (arguments.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                peak,
                threads,
                batch,
                rows = rows.Select(row => new { layer = row.Layer, steps = row.Steps, milliseconds = row.Milliseconds, share = row.Share, effective = row.Effective, computed = row.Computed }),
            }));
        }

        return 0;
    }

    /// <summary>A window and its transpose are one kind; what is no layer is called by its kernel.</summary>
    private static string KindOf(StepTime step) => step.Layer switch
    {
        "" => step.Kernel,
        "1×7/1" or "7×1/1" => "1×7, 7×1",
        "1×3/1" or "3×1/1" => "1×3, 3×1",
        _ => step.Layer,
    };

    private static (string Layer, int Steps, double Milliseconds, double Share, double Effective, double Computed) Row(string name, IReadOnlyList<StepTime> steps, IReadOnlyList<StepTime> all)
    {
        var time = steps.Sum(step => step.Milliseconds);
        return (name, steps.Count, time, time / all.Sum(step => step.Milliseconds), steps.Sum(step => step.Operations) / time / 1e6, steps.Sum(step => step.ComputedOperations) / time / 1e6);
    }
}
