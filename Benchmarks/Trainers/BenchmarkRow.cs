using System.Globalization;
using System.Text;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>One line of the table: what was timed, how long it took, and how that stands to a peer or a bound.</summary>
internal sealed record BenchmarkRow
{
    /// <summary>What was timed.</summary>
    public required string Name { get; init; }

    /// <summary>Median time.</summary>
    public required double Seconds { get; init; }

    /// <summary>Who it is compared with; null where with nobody.</summary>
    public string? Peer { get; init; }

    /// <summary>The peer's median time in the same run, or as measured elsewhere where <see cref="Note"/> says so.</summary>
    public double? PeerSeconds { get; init; }

    /// <summary>Peer's time over ours, or the share of a bound that was reached.</summary>
    public double? Ratio { get; init; }

    /// <summary>What the ratio should be at least.</summary>
    public double? Target { get; init; }

    /// <summary>What a reader must know to judge the figures.</summary>
    public string Note { get; init; } = "";

    /// <summary>The heading of <see cref="ToText"/>.</summary>
    public static string Heading { get; } = $"{"what",-58} {"ours, s",9} {"peer, s",9} {"ratio",8} {"target",7}  peer; remarks";

    /// <summary>The line for people.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Name,-58} {Seconds,9:0.0000} {Number(PeerSeconds, "0.0000"),9} {Number(Ratio, "0.00"),8} {Number(Target, "0.00"),7}  ");
        return text.Append(string.Join("; ", new[] { Peer, Note }.Where(part => !string.IsNullOrEmpty(part)))).ToString();
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
