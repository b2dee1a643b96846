using System.CommandLine;
using System.Globalization;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Selection;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options of the objective that a head minimises: the penalty and its strength, where to start and when to stop.</summary>
internal sealed class SoftmaxOptions
{
    private const string Auto = "auto";
    private const int DefaultIterations = 1000;

    private readonly Option<string?> _l2 = new("--l2")
    {
        Description = FormattableString.Invariant($"lbfgs, sdca: strength of the penalty L2/2 · sum of squared weights beside the mean loss, at least 0; or auto: picked by cross-validation on the training images (lbfgs). In mini-batches: none unless given. Default: {SoftmaxRegressionOptions.DefaultL2}; 0 where --l1 is given."),
        HelpName = "NUMBER|auto",
    };

    private readonly Option<double?> _l1 = new("--l1") { Description = "lbfgs, sdca: strength of the penalty L1 · sum of absolute weights, at least 0. With --l2 an elastic net. Default: 0.", HelpName = "NUMBER" };

    private readonly Option<double?> _c = new("--C")
    {
        Description = "lbfgs, sdca: the penalty as scikit-learn states it: --l2 is (1 - ratio) / (C · training images), --l1 is ratio / (C · training images).",
        HelpName = "NUMBER",
    };

    private readonly Option<double?> _ratio = new("--l1-ratio", "--l1_ratio") { Description = "Beside --C or --l2 auto: share of the penalty that is L1, 0 (default) to 1.", HelpName = "SHARE" };

    private readonly Option<int?> _folds = new("--cv") { Description = "--l2 auto: folds of the stratified cross-validation. Default: 5.", HelpName = "N" };

    private readonly Option<string?> _rule = new("--cv-rule")
    {
        Description = "--l2 auto: minimum (the least log loss, default) or one-standard-error (the strongest penalty whose log loss is within one standard error of it).",
        HelpName = "RULE",
    };

    private readonly Option<bool> _standardize = new("--standardize") { Description = "lbfgs, sdca: divide each feature by its standard deviation before the penalty; folded into the head." };

    private readonly Option<string?> _warmStart = new("--warm-start") { Description = "Start from the weights of this head (same features; labels are matched by name). Not for sdca and hidden layers.", HelpName = "HEAD" };

    private readonly Option<int?> _iterations = new("--max-iterations", "--max_iter") { Description = "lbfgs: most iterations. sdca: most passes over the images. Default: 1000.", HelpName = "N" };

    private readonly Option<double?> _tolerance = new("--tolerance")
    {
        Description = "lbfgs, sdca: stop where the objective is proved to be within this share of its least. Default: 1e-8 and 1e-6.",
        HelpName = "SHARE",
    };

    private Option[] Exact => [_l1, _c, _ratio, _folds, _rule, _standardize, _iterations, _tolerance];

    /// <summary>Adds the options to a command.</summary>
    public SoftmaxOptions AddTo(Command command)
    {
        _rule.AcceptOnlyFromAmong("minimum", "one-standard-error");
        foreach (var option in new Option[] { _l2 }.Concat(Exact).Append(_warmStart))
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>What the command line asks for.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="trainer">The trainer's name.</param>
    /// <param name="hidden">Whether there are hidden layers.</param>
    /// <param name="seed">Seed of folds and orders.</param>
    /// <param name="threads">Threads that compute.</param>
    public SoftmaxRequest Read(ParseResult arguments, string trainer, bool hidden, int seed, int threads)
    {
        bool Given(Option option) => arguments.GetResult(option) is { Implicit: false };

        var auto = arguments.GetValue(_l2) == Auto;
        var dual = trainer == "sdca";
        if (trainer is "centroid" or "knn" && new Option[] { _l2, _warmStart }.Concat(Exact).FirstOrDefault(Given) is { } needless)
        {
            throw new UsageException($"{needless.Name}: {trainer} {(needless == _iterations ? "has nothing to iterate" : "minimises no loss")}; leave this out, or choose another trainer.");
        }

        if (trainer is not ("lbfgs" or "sdca") && (Exact.FirstOrDefault(Given) ?? (auto ? _l2 : null)) is { } wrong)
        {
            throw new UsageException($"{wrong.Name}{(wrong == _l2 ? " auto" : "")} belongs to --trainer lbfgs{(wrong == _l2 ? "" : " and sdca")}; {trainer} has --steps, --epochs, --learning-rate and --batch-size.");
        }

        if ((dual || hidden) && (auto || Given(_warmStart)))
        {
            throw new UsageException($"{(auto ? "--l2 auto" : _warmStart.Name)} does not go with {(dual ? "--trainer sdca; use lbfgs, which finds the same optimum" : "--hidden")}.");
        }

        if (Given(_c) && (Given(_l2) || Given(_l1)))
        {
            throw new UsageException("--C states the whole penalty, with --l1-ratio; leave --l2 and --l1 out.");
        }

        if (auto && Given(_l1))
        {
            throw new UsageException("--l2 auto picks the strength of the whole penalty; --l1-ratio says which share of it is L1. Leave --l1 out.");
        }

        if (Given(_ratio) && !auto && !Given(_c))
        {
            throw new UsageException("--l1-ratio shares out the penalty of --C or --l2 auto; beside --l2 NUMBER give --l1 NUMBER.");
        }

        if (!auto && (Given(_folds) || Given(_rule)))
        {
            throw new UsageException($"{(Given(_folds) ? _folds.Name : _rule.Name)} belongs to --l2 auto.");
        }

        var l1 = Number(arguments, _l1, value => value >= 0, "of at least 0") ?? 0;
        var request = new SoftmaxRequest
        {
            Dual = dual,
            L1 = l1,
            L2 = auto ? 0 : L2(arguments) ?? (l1 > 0 && !dual ? 0 : SoftmaxRegressionOptions.DefaultL2),
            C = Number(arguments, _c, value => value > 0, "above 0"),
            L1Ratio = Number(arguments, _ratio, value => value is >= 0 and <= 1, "from 0 to 1") ?? 0,
            Path = auto
                ? new PathRequest(
                    (int)(Number(arguments, _folds, value => value >= 2, "of at least 2") ?? RegularizationPathOptions.DefaultFolds),
                    arguments.GetValue(_rule) == "one-standard-error" ? SelectionRule.OneStandardError : SelectionRule.Minimum,
                    seed)
                : null,
            Standardize = arguments.GetValue(_standardize),
            WarmStart = arguments.GetValue(_warmStart) is { } head ? Softmax(head) : null,
            MaxIterations = (int)(Number(arguments, _iterations, value => value >= 1, "of at least 1") ?? DefaultIterations),
            Tolerance = Number(arguments, _tolerance, value => value is >= 0 and < 1, "from 0 to less than 1"),
            Seed = seed,
            Threads = threads,
        };
        return dual && (request.C is null ? request.L2 == 0 : request.L1Ratio == 1)
            ? throw new UsageException("--trainer sdca needs a penalty of which some is L2; give --l2 NUMBER above 0, or use lbfgs.")
            : request;
    }

    /// <summary>Whether the strength of the L2 penalty is stated.</summary>
    public bool IsL2Given(ParseResult arguments) => arguments.GetResult(_l2) is { Implicit: false };

    private static SoftmaxHead Softmax(string path) => ClassifierHead.Load(path) as SoftmaxHead
        ?? throw new UsageException($"--warm-start {path}: a softmax head is expected; this is another kind.");

    private static double? Number<T>(ParseResult arguments, Option<T> option, Func<double, bool> isRight, string expected)
    {
        if (arguments.GetValue(option) is not { } given)
        {
            return null;
        }

        var value = Convert.ToDouble(given, CultureInfo.InvariantCulture);
        return double.IsFinite(value) && isRight(value) ? value : throw new UsageException(FormattableString.Invariant($"{option.Name} {given}: a number {expected} is expected."));
    }

    private double? L2(ParseResult arguments)
    {
        if (arguments.GetValue(_l2) is not { } text)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0
            ? value
            : throw new UsageException($"--l2 {text}: a number of at least 0, or auto, is expected.");
    }
}
