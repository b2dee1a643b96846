using System.Text.Json;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>Trainers against scikit-learn, ML.NET and the bounds of the machine, side by side in one run.</summary>
internal sealed class TrainersBenchmark : IBenchmark
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public string Name => "trainers";

    public string Description =>
        "fits against scikit-learn and ML.NET, a pass over a mapped file against the machine (--data FOLDER, --rounds N, --rows N of the mapped file, --python PROGRAM, --mlnet FOLDER with Microsoft.ML*.dll, --only WORD, --json)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var data = Options.Text(arguments, "--data") ?? Path.Combine(Options.Shared, "benchmarks");
        var rounds = Options.Number(arguments, "--rounds", 5);
        var only = Options.Text(arguments, "--only") ?? "";
        var python = Options.Text(arguments, "--python") ?? "python3";
        var mlnet = Options.Text(arguments, "--mlnet");
        (string Topic, Func<IEnumerable<BenchmarkRow>> Rows)[] topics =
        [
            ("lbfgs", () => new FitComparison(data, rounds, python, mlnet).Rows()),
            ("adam", () => AdamEpoch.Rows(data, rounds)),
            ("mapped", () => new MappedPass(Options.Number(arguments, "--rows", 100_000), rounds).Rows()),
        ];
        if (only != "" && topics.All(topic => topic.Topic != only))
        {
            Console.Error.WriteLine($"--only {only}: there are {string.Join(", ", topics.Select(topic => topic.Topic))}.");
            return 2;
        }

        if (only != "mapped" && !File.Exists(Path.Combine(data, FitComparison.LabelsFile)))
        {
            Console.Error.WriteLine($"There is no {FitComparison.LabelsFile} in {data}; name the folder of the features with --data FOLDER.");
            return 2;
        }

        Console.WriteLine($"{Environment.ProcessorCount} processors; medians of {rounds} rounds, peers in turn with ours. Ratio: peer's time over ours, or share of the bound named.");
        Console.WriteLine(BenchmarkRow.Heading);
        var rows = new List<BenchmarkRow>();
        foreach (var row in topics.Where(topic => only == "" || topic.Topic == only).SelectMany(topic => topic.Rows()))
        {
            rows.Add(row);
            Console.WriteLine(row.ToText());
        }

        if (arguments.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { rows }, s_json));
        }

        return 0;
    }
}
