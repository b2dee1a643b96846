using System.CommandLine;
using System.Globalization;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Networks;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options of heads that are more, or less, than one softmax layer: hidden layers, nearest centroid, nearest neighbours.</summary>
internal sealed class HeadKindOptions
{
    private readonly Option<string?> _hidden = new("--hidden") { Description = "Hidden layers between features and labels, by their units, '1024' or '512,256'; fitted in mini-batches, with adam unless --trainer says otherwise.", HelpName = "UNITS" };

    private readonly Option<string?> _dropout = new("--dropout") { Description = "Share of the hidden layers' outputs that is left out of each step, 0 to less than 1; one number, or one a layer.", HelpName = "SHARE" };

    private readonly Option<int?> _neighbours = new("--neighbours", "--neighbors") { Description = $"knn: how many of the nearest images vote. Default: {NeighbourOptions.DefaultNeighbours}.", HelpName = "N" };

    private readonly Option<string?> _weights = new("--neighbour-weights", "--neighbor-weights") { Description = "knn: uniform (a vote each, default) or distance (1 over the distance).", HelpName = "NAME" };

    private readonly Option<string?> _metric = new("--metric") { Description = "centroid, knn: cosine (default) or euclidean.", HelpName = "NAME" };

    /// <summary>Adds the options to a command.</summary>
    public HeadKindOptions AddTo(Command command)
    {
        _weights.AcceptOnlyFromAmong("uniform", "distance");
        _metric.AcceptOnlyFromAmong("cosine", "euclidean");
        foreach (var option in new Option[] { _hidden, _dropout, _neighbours, _weights, _metric })
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>Whether hidden layers are asked for.</summary>
    public bool HasHidden(ParseResult arguments) => arguments.GetValue(_hidden) is not null;

    /// <summary>The hidden layers; null where none are asked for.</summary>
    public HiddenRequest? Hidden(ParseResult arguments)
    {
        if (arguments.GetValue(_hidden) is not { } hidden)
        {
            return arguments.GetValue(_dropout) is null ? null : throw new UsageException("--dropout leaves out outputs of hidden layers; say how many units these have with --hidden, 1024 say.");
        }

        int[] units = [.. Numbers(_hidden.Name, hidden).Select(number => number is >= 1 and <= NetworkOptions.MostUnits && number == Math.Floor(number)
            ? (int)number
            : throw new UsageException(FormattableString.Invariant($"--hidden {hidden}: a hidden layer has 1 to {NetworkOptions.MostUnits} units.")))];
        if (units.Length > NetworkOptions.MostLayers)
        {
            throw new UsageException($"--hidden: at most {NetworkOptions.MostLayers} layers are made; {units.Length} were given.");
        }

        double[] dropout = arguments.GetValue(_dropout) is { } shares ? [.. Numbers(_dropout.Name, shares)] : [];
        return Array.Exists(dropout, share => share is < 0 or >= 1)
            ? throw new UsageException($"--dropout {arguments.GetValue(_dropout)}: shares from 0 to less than 1 are expected.")
            : dropout.Length > 1 && dropout.Length != units.Length
            ? throw new UsageException($"--dropout names {dropout.Length} shares for {units.Length} hidden layer{(units.Length == 1 ? "" : "s")}; give one, or one a layer.")
            : new HiddenRequest(units, dropout);
    }

    /// <summary>How features are compared by a trainer; null for one that does not compare them.</summary>
    public SimilarityRequest? Similarity(ParseResult arguments, string trainer)
    {
        Option[] belong = trainer switch { "knn" => [_neighbours, _weights, _metric], "centroid" => [_metric], _ => [] };
        var strange = new Option[] { _neighbours, _weights, _metric }.Except(belong).Where(option => arguments.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToArray();
        if (strange.Length > 0)
        {
            throw new UsageException($"{string.Join(", ", strange)}: {(strange.Length == 1 ? "this belongs" : "these belong")} to --trainer knn{(strange is ["--metric"] ? " and centroid" : "")}; {trainer} was asked for.");
        }

        var neighbours = arguments.GetValue(_neighbours) ?? NeighbourOptions.DefaultNeighbours;
        return neighbours < 1
            ? throw new UsageException($"--neighbours {neighbours}: a number of at least 1 is expected.")
            : belong.Length == 0 ? null
            : new SimilarityRequest(
                arguments.GetValue(_metric) == "euclidean" ? SimilarityMetric.Euclidean : SimilarityMetric.Cosine, neighbours,
                arguments.GetValue(_weights) == "distance" ? NeighbourWeighting.Distance : NeighbourWeighting.Uniform);
    }

    private static IEnumerable<double> Numbers(string option, string text) => text.Split(',').Select(part =>
        double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new UsageException($"{option} {text}: '{part}' is no number; numbers with commas between them are expected."));
}
