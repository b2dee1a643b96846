using System.CommandLine;
using System.CommandLine.Parsing;
using MlTransfer.Datasets.Splits;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Comparisons;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.CrossValidation;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that <c>compare</c> and <c>probe</c> share: images, trainers, folds, what is kept aside, and where the result goes.</summary>
internal sealed class ComparisonOptions
{
    private readonly Option<string> _caches = new("--caches")
    {
        Description = "Folder of the feature caches, one for each model and tensor; those that retrain made in its output folder are used.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "compared",
    };

    private readonly Option<string[]> _trainers = new("--trainer")
    {
        Description = "Trainers to compare, by comma. Default: lbfgs.",
        HelpName = "NAMES",
        DefaultValueFactory = _ => ["lbfgs"],
    };

    private readonly Option<string[]> _tries = new("--try")
    {
        Description = "A trainer with options of train-head, in quotes: --try \"--trainer adam --epochs 50\". May be given several times.",
        HelpName = "OPTIONS",
    };

    private readonly Option<double> _test = new("--test")
    {
        Description = "Share of the images kept for testing; they take no part, so that the head that is chosen can be measured on them.",
        HelpName = "SHARE",
        DefaultValueFactory = _ => 0.1,
    };

    private readonly Option<int?> _seed = new("--seed") { Description = "Keep test images by chance from this seed, each label in proportion, as train-head --seed does. Default: by a hash of each path.", HelpName = "N" };
    private readonly Option<string?> _csv = new("--csv") { Description = "Also write the table as CSV.", HelpName = "FILE" };
    private readonly FoldOptions _folds = new(defaultFolds: 5);

    /// <summary>The images.</summary>
    public ImageSourceOptions Images { get; } = new();

    /// <summary>The backbones and how photos are prepared.</summary>
    public ModelOptions Model { get; } = new();

    /// <summary>How to work.</summary>
    public WorkOptions Work { get; } = new();

    /// <summary>Adds the options to a command.</summary>
    public ComparisonOptions AddTo(Command command)
    {
        Images.AddTo(command);
        Model.AddTo(command);
        command.Add(_caches);
        command.Add(_trainers);
        command.Add(_tries);
        _folds.AddTo(command);
        foreach (var option in new Option[] { _test, _seed, _csv })
        {
            command.Add(option);
        }

        Work.AddTo(command);
        return this;
    }

    /// <summary>Folder of the caches.</summary>
    public string Caches(ParseResult arguments) => arguments.GetRequiredValue(_caches);

    /// <summary>How extractions work.</summary>
    public ExtractionOptions Extraction(ParseResult arguments) => new() { Batch = Work.Batch(arguments), OnError = Images.OnError(arguments) };

    /// <summary>The trainers to compare, in order.</summary>
    public IReadOnlyList<ComparedTrainer> Trainers(ParseResult arguments)
    {
        var tries = arguments.GetValue(_tries) ?? [];
        var named = tries.Length > 0 && arguments.GetResult(_trainers) is not { Implicit: false } ? [] : Lists(arguments.GetValue(_trainers) ?? []);
        ComparedTrainer[] trainers = [.. named.Select(name => Parse(name, "--trainer " + name)), .. tries.Select(text => Parse(ShortName(text), text))];
        return trainers.GroupBy(trainer => trainer.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new UsageException($"The trainer '{twice.Key}' is named twice; a comparison with itself says nothing.")
            : trainers;
    }

    /// <summary>Names that may be given by comma or one after the other.</summary>
    public static string[] Lists(IEnumerable<string> values) =>
        [.. values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>Compares and tells; images that could not be read are listed however it ends.</summary>
    public int Run(CommandContext context, IReadOnlyList<ComparedFeatures> features, IReadOnlyList<ImageFault> faults)
    {
        var (arguments, output, _) = context;
        Comparison comparison;
        try
        {
            comparison = Compare(context, features);
            ComparisonReport.Say(comparison, output);
        }
        finally
        {
            ImageFeatures.SayFaults(faults, output);
        }

        if (arguments.GetValue(_csv) is { } file)
        {
            ComparisonReport.ToTable(comparison).Save(file);
            output.Line($"Written: {file}");
        }

        output.Result(ComparisonReport.ToJson(comparison, faults));
        return faults.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private Comparison Compare(CommandContext context, IReadOnlyList<ComparedFeatures> features)
    {
        var (arguments, output, cancellation) = context;
        var (folds, repeats, seed) = _folds.Read(arguments);
        var options = new CrossValidationOptions { Folds = folds!.Value, Repeats = repeats, Seed = seed, Threads = Work.Threads(arguments) };
        var common = features.Skip(1).Aggregate(features[0].Paths.AsEnumerable(), (paths, next) => paths.Intersect(next.Paths, StringComparer.Ordinal)).ToArray();
        if (common.Length == 0)
        {
            throw new TrainingDataException("No image is in all that is to be compared; the same images must be in each.");
        }

        if (features.Max(set => set.Paths.Count) is var most && most > common.Length)
        {
            output.Notice($"{most - common.Length} images are not in all that is compared and are left out.");
        }

        var training = TrainingPaths(arguments, features[0], common);
        return Comparison.Run(features, Trainers(arguments), training, common.Length - training.Length, options, output, cancellation);
    }

    private string[] TrainingPaths(ParseResult arguments, ComparedFeatures features, string[] common)
    {
        var share = arguments.GetValue(_test);
        if (!(share >= 0 && share < 1))
        {
            throw new UsageException(FormattableString.Invariant($"--test {share}: a share from 0 to less than 1 is expected."));
        }

        if (share == 0)
        {
            return common;
        }

        var seed = arguments.GetValue(_seed);
        var rows = features.Load(common);
        var split = new SplitRequest(seed is null ? SplitKind.Hash : SplitKind.Stratified, share, 0, seed ?? 0).Apply(rows.Paths, rows.Labels);
        string[] kept = [.. split.Rows(Subset.Training).Select(row => common[row])];
        return kept.Length > 0 ? kept : throw new TrainingDataException($"All of {common.Length} images are kept for testing. Lower --test, or add images.");
    }

    private static ComparedTrainer Parse(string name, string text)
    {
        var command = new Command("try");
        var train = new TrainOptions().AddTo(command);
        CommandLineFaults.AddChecks(command);
        var parsed = command.Parse([.. CommandLineParser.SplitCommandLine(text)]);
        if (CommandLineFaults.Of(parsed) is [var fault, ..])
        {
            throw new UsageException($"'{text}' does not say how to train a head: {fault}");
        }

        return train.SplitOptions(parsed) is { Length: > 0 } used
            ? throw new UsageException($"'{text}': {string.Join(", ", used)} can not be compared; all are fitted and measured on the same images.")
            : new ComparedTrainer(name, train.Read(parsed, 1));
    }

    private static string ShortName(string text)
    {
        const string option = "--trainer ";
        var trimmed = text.Trim();
        return trimmed.StartsWith(option, StringComparison.Ordinal) ? trimmed[option.Length..].TrimStart() : trimmed;
    }
}
