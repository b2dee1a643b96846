using System.CommandLine;
using System.Globalization;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Duplicates;

namespace MlTransfer.Pipeline.Commands;

/// <summary>The option that says what counts as a near-duplicate.</summary>
internal sealed class DuplicateOptions
{
    private readonly Option<string?> _threshold = new("--duplicate-threshold")
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"Similarity, above 0 to 1, from which two images count as near-duplicates; off not to look for them. Default: {NearDuplicateOptions.DefaultThreshold}, more where images have so few features that chance makes them as similar."),
        HelpName = "NUMBER|off",
    };

    /// <summary>Adds the option to a command.</summary>
    public DuplicateOptions AddTo(Command command)
    {
        command.Add(_threshold);
        return this;
    }

    /// <summary>The threshold; null where none is looked for.</summary>
    public double? Read(ParseResult arguments) => arguments.GetValue(_threshold) switch
    {
        null => NearDuplicateOptions.DefaultThreshold,
        "off" => null,
        var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 1
            ? value
            : throw new UsageException($"--duplicate-threshold {text}: a number above 0 and at most 1 is expected, or off."),
    };
}
