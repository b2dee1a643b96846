using System.CommandLine;
using System.Globalization;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that say what to find out about a fit, and what the head is to know of its own limits.</summary>
internal sealed class EvaluationOptions
{
    private readonly FoldOptions _folds = new(defaultFolds: null);

    private readonly Option<string?> _outOfFold = new("--out-of-fold") { Description = "With --folds: write each image's prediction by a head that had not seen it, as CSV.", HelpName = "FILE" };

    private readonly Option<bool> _calibrate = new("--calibrate")
    {
        Description = "Fit a temperature on the validation images, so that probabilities can be taken at their word; the labels predicted stay.",
    };

    private readonly Option<string?> _reject = new("--reject")
    {
        Description = string.Create(
            CultureInfo.InvariantCulture,
            $"Teach the head to answer \"none of these\", from training and validation images; RATE is the share of known images that may be lost to it, 0 to 0.5. Default: {RejectionRule.DefaultRate}."),
        HelpName = "RATE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _together = new("--keep-together")
    {
        Description = "Keep near-duplicate images in one subset and one fold: those that would be split up go to training, or to validation where none of them is trained on.",
    };

    private readonly DuplicateOptions _duplicates = new();

    /// <summary>Adds the options to a command.</summary>
    public EvaluationOptions AddTo(Command command)
    {
        _folds.AddTo(command);
        foreach (var option in new Option[] { _outOfFold, _calibrate, _reject })
        {
            command.Add(option);
        }

        _duplicates.AddTo(command);
        command.Add(_together);
        return this;
    }

    /// <summary>What the command line asks for.</summary>
    public EvaluationRequest Read(ParseResult arguments)
    {
        var (folds, repeats, seed) = _folds.Read(arguments);
        var file = arguments.GetValue(_outOfFold);
        var threshold = _duplicates.Read(arguments);
        if (threshold is null && arguments.GetValue(_together))
        {
            throw new UsageException("--keep-together needs near-duplicates to be looked for; leave --duplicate-threshold off out.");
        }

        return file is not null && folds is null
            ? throw new UsageException("--out-of-fold keeps what cross-validation predicts; say with how many folds, too: --folds 5.")
            : new EvaluationRequest
            {
                Folds = folds,
                Repeats = repeats,
                Seed = seed,
                OutOfFold = file,
                Calibrate = arguments.GetValue(_calibrate),
                RejectionRate = Rate(arguments),
                DuplicateThreshold = threshold,
                KeepTogether = arguments.GetValue(_together),
            };
    }

    private double? Rate(ParseResult arguments)
    {
        if (arguments.GetResult(_reject) is not { Implicit: false })
        {
            return null;
        }

        var text = arguments.GetValue(_reject);
        return text is null ? RejectionRule.DefaultRate
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is >= 0 and <= 0.5 ? rate
            : throw new UsageException($"--reject {text}: the share of known images that may be lost, from 0 to 0.5, is expected.");
    }
}
