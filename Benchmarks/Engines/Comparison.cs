using System.Globalization;
using System.Text.Json;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>Collects rows, prints each as it is known, and in the end all as JSON.</summary>
internal sealed class Comparison
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly List<ComparisonRow> _rows = [];

    /// <summary>Rows so far.</summary>
    public IReadOnlyList<ComparisonRow> Rows => _rows;

    /// <summary>The table's head.</summary>
    public static void PrintHead() => Console.WriteLine($"{"what",-58} {"ours",9} {"peer",9} {"ratio",6} {"target",6}");

    /// <summary>Runs both sides by turns and adds the row of their rates. Who begins alternates, so that drift cancels; the ratio is the median of the rounds' own.</summary>
    public void AddRates(string name, Contestant ours, Contestant? peer, double? target) => Add(
        name, Statistics.Median(ours.Rates), peer is null ? null : Statistics.Median(peer.Rates), peer is null ? null : Statistics.Median(ours.Rates.Zip(peer.Rates, (a, b) => a / b)), target);

    /// <summary>Adds a row.</summary>
    public void Add(string name, double ours, double? peer, double? ratio, double? target)
    {
        var row = new ComparisonRow(name, Math.Round(ours, 3), peer is { } value ? Math.Round(value, 3) : null, ratio is { } share ? Math.Round(share, 3) : null, target);
        _rows.Add(row);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{row.Name,-58} {row.Ours,9:F2} {row.Peer,9:F2} {row.Ratio,6:F2} {row.Target,6:F2}{(row.Ratio < row.Target ? "  below" : "")}"));
    }

    /// <summary>Lets all sides run by turns.</summary>
    /// <param name="sides">The sides; every other round in reverse order.</param>
    /// <param name="rounds">How many times each runs.</param>
    /// <param name="seconds">How long each time.</param>
    public static void Alternate(IReadOnlyList<Contestant> sides, int rounds, double seconds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var side in round % 2 == 0 ? sides : sides.Reverse())
            {
                side.Run(seconds);
            }
        }
    }

    /// <summary>{"rows":[{"name","ours","peer","ratio","target"}…]} on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(new { rows = _rows }, s_json);
}
