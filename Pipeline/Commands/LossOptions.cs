using System.CommandLine;
using System.Globalization;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that change what a fit counts as a loss.</summary>
internal sealed class LossOptions
{
    private readonly Option<double?> _smoothing = new("--label-smoothing", "--label_smoothing") { Description = "Share of each label that is spread evenly over all labels, 0 to less than 1.", HelpName = "SHARE" };

    private readonly Option<string?> _classWeights = new("--class-weights", "--class_weights", "--class_weight")
    {
        Description = "How much the images of a label count: balanced (so that every label counts the same), or 'roses=2,tulips=0.5' (1 where not named), or a file of lines 'label,weight'.",
        HelpName = "WEIGHTS",
    };

    /// <summary>Adds the options to a command.</summary>
    public LossOptions AddTo(Command command)
    {
        command.Add(_smoothing);
        command.Add(_classWeights);
        return this;
    }

    /// <summary>Which of the options are used, by name.</summary>
    public IEnumerable<string> Used(ParseResult arguments) =>
        new Option[] { _smoothing, _classWeights }.Where(option => arguments.GetResult(option) is { Implicit: false }).Select(option => option.Name);

    /// <summary>The share that is spread.</summary>
    public double Smoothing(ParseResult arguments) => arguments.GetValue(_smoothing) switch
    {
        null => 0,
        >= 0 and < 1 and var share => share,
        var other => throw new UsageException(FormattableString.Invariant($"--label-smoothing {other}: a share from 0 to less than 1 is expected.")),
    };

    /// <summary>The weights; null where every image counts the same.</summary>
    public ClassWeightRequest? ClassWeights(ParseResult arguments)
    {
        if (arguments.GetValue(_classWeights) is not { } text)
        {
            return null;
        }

        if (text == "balanced")
        {
            return new ClassWeightRequest(ByLabel: null);
        }

        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        var isFile = File.Exists(text);
        foreach (var part in isFile ? Lines(text) : text.Split(','))
        {
            var mark = part.LastIndexOf(isFile ? ',' : '=');
            if (mark < 1 || !double.TryParse(part[(mark + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !double.IsFinite(weight) || weight < 0
                || !weights.TryAdd(part[..mark], weight))
            {
                throw new UsageException(isFile
                    ? $"--class-weights {text}: lines 'label,weight' are expected, each label once, weights of at least 0; '{part}' was found."
                    : $"--class-weights {text}: 'balanced', or 'label=weight' once a label with commas between them, weights of at least 0, or a file of lines 'label,weight'; '{part}' was found.");
            }
        }

        return new ClassWeightRequest(weights);
    }

    /// <summary>The lines of a file of weights but for blank ones and a heading.</summary>
    private static string[] Lines(string file)
    {
        string[] lines = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return lines.Length > 0 && lines[0].EndsWith(",weight", StringComparison.OrdinalIgnoreCase) ? lines[1..] : lines;
    }
}
