namespace MlTransfer.Benchmarks;

internal static class Program
{
    private static readonly IBenchmark[] s_benchmarks =
    [
        new Images.JpegBenchmark(), new Engines.EngineRun(), new Engines.PeersBenchmark(), new Engines.PrecisionBenchmark(), new Engines.RooflineBenchmark(), new Engines.SoakBenchmark(), new Kernels.KernelsBenchmark(),
        new Classification.PredictBenchmark(), new Trainers.TrainersBenchmark(),
    ];

    private static int Main(string[] args)
    {
        if (args.Length == 0 || args[0] is "--help" or "-h")
        {
            Console.WriteLine("Usage: dotnet run -c Release --project Benchmarks -- NAME [options]");
            Console.WriteLine();
            foreach (var benchmark in s_benchmarks)
            {
                Console.WriteLine($"  {benchmark.Name,-12} {benchmark.Description}");
            }

            return args.Length == 0 ? 2 : 0;
        }

        var chosen = s_benchmarks.FirstOrDefault(benchmark => benchmark.Name == args[0]);
        if (chosen is null)
        {
            Console.Error.WriteLine($"There is no benchmark '{args[0]}'; there are: {string.Join(", ", s_benchmarks.Select(benchmark => benchmark.Name))}.");
            return 2;
        }

        return chosen.Run(args[1..]);
    }
}
