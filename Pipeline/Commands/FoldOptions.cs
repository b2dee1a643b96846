using System.CommandLine;
using System.Globalization;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that say how often and in how many parts is cross-validated.</summary>
internal sealed class FoldOptions
{
    private readonly int? _defaultFolds;

    private readonly Option<int?> _folds;

    private readonly Option<int?> _repeats;

    private readonly Option<int> _seed = new("--fold-seed") { Description = "Seed of the folds.", HelpName = "N", DefaultValueFactory = _ => 0 };

    /// <summary>Declares the options.</summary>
    /// <param name="defaultFolds">Folds where none are asked for; null for no cross-validation.</param>
    /// <param name="defaultRepeats">Repeats where none are asked for.</param>
    public FoldOptions(int? defaultFolds, int defaultRepeats = 1)
    {
        _defaultFolds = defaultFolds;
        DefaultRepeats = defaultRepeats;
        _folds = new Option<int?>("--folds")
        {
            Description = defaultFolds is null
                ? "Also cross-validate: fit as often on all images but the test ones, each time without another part of them, and measure on that part."
                : string.Create(CultureInfo.InvariantCulture, $"Parts of the cross-validation. Default: {defaultFolds}."),
            HelpName = "K",
        };
        _repeats = new Option<int?>("--repeats")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Times to cross-validate, each with other folds. Default: {defaultRepeats}."),
            HelpName = "N",
        };
    }

    private int DefaultRepeats { get; }

    /// <summary>Adds the options to a command.</summary>
    public FoldOptions AddTo(Command command)
    {
        foreach (var option in new Option[] { _folds, _repeats, _seed })
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>Folds (null for no cross-validation), repeats and seed.</summary>
    public (int? Folds, int Repeats, int Seed) Read(ParseResult arguments)
    {
        var folds = arguments.GetValue(_folds) ?? _defaultFolds;
        if (folds < 2)
        {
            throw new UsageException($"--folds {folds}: a number of at least 2 is expected.");
        }

        var repeats = arguments.GetValue(_repeats);
        if (repeats < 1)
        {
            throw new UsageException($"--repeats {repeats}: a number of at least 1 is expected.");
        }

        return folds is null && repeats is not null
            ? throw new UsageException($"--repeats {repeats} says how often to cross-validate; say with how many folds, too: --folds 5.")
            : (folds, repeats ?? DefaultRepeats, arguments.GetValue(_seed));
    }
}
