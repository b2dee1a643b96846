using System.CommandLine;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that say how a head is fitted and on which rows; retrain.py's names are accepted beside ours.</summary>
internal sealed class TrainOptions
{
    private readonly Option<string?> _trainer = new("--trainer")
    {
        Description = "lbfgs (to the optimum, default) or sgd (mini-batch gradient descent as retrain.py; default where --steps, --learning-rate or --batch-size is given).",
        HelpName = "NAME",
    };

    private readonly Option<double> _l2 = new("--l2")
    {
        Description = "lbfgs: strength of the penalty on the weights, at least 0.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => SoftmaxRegressionOptions.DefaultL2,
    };

    private readonly Option<int> _iterations = new("--max-iterations") { Description = "lbfgs: most iterations.", HelpName = "N", DefaultValueFactory = _ => 1000 };

    private readonly Option<int?> _steps = new("--steps", "--how_many_training_steps") { Description = "sgd: batches to learn from. Default: 4000.", HelpName = "N" };

    private readonly Option<double?> _learningRate = new("--learning-rate", "--learning_rate") { Description = "sgd: step length. Default: 0.01.", HelpName = "NUMBER" };

    private readonly Option<int?> _batchSize = new("--batch-size", "--train_batch_size") { Description = "sgd: rows a batch, -1 for all. Default: 100.", HelpName = "N" };

    private readonly Option<string?> _split = new("--split")
    {
        Description = "hash (by each image's path, as retrain.py; default) or stratified (each label in proportion; default where --seed is given).",
        HelpName = "RULE",
    };

    private readonly Option<double?> _test = new("--test") { Description = "Share of the images kept for testing, 0 to 1. Default: 0.1.", HelpName = "SHARE" };

    private readonly Option<double?> _validation = new("--validation") { Description = "Share of the images kept for validation, 0 to 1. Default: 0.1.", HelpName = "SHARE" };

    private readonly Option<double?> _testPercent = new("--testing-percentage", "--testing_percentage") { Description = "The same as --test, in percent.", HelpName = "PERCENT" };

    private readonly Option<double?> _validationPercent = new("--validation-percentage", "--validation_percentage") { Description = "The same as --validation, in percent.", HelpName = "PERCENT" };

    private readonly Option<int?> _seed = new("--seed") { Description = "Seed of the stratified split and of sgd.", HelpName = "N" };

    private readonly Option<bool> _misclassified = new("--print-misclassified", "--print_misclassified_test_images") { Description = "List every misclassified test image (20 are listed otherwise)." };

    /// <summary>Adds the options to a command.</summary>
    public TrainOptions AddTo(Command command)
    {
        _trainer.AcceptOnlyFromAmong("lbfgs", "sgd");
        _split.AcceptOnlyFromAmong("hash", "stratified");
        foreach (var option in new Option[]
                 {
                     _trainer, _l2, _iterations, _steps, _learningRate, _batchSize, _split, _test, _validation, _testPercent, _validationPercent, _seed, _misclassified,
                 })
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>Most misclassified images to list.</summary>
    public int MaxMisclassified(ParseResult arguments) => arguments.GetValue(_misclassified) ? int.MaxValue : 20;

    /// <summary>What the command line asks for.</summary>
    public TrainRequest Read(ParseResult arguments, int threads)
    {
        var sgdAsked = arguments.GetValue(_steps) is not null || arguments.GetValue(_learningRate) is not null || arguments.GetValue(_batchSize) is not null;
        var trainer = arguments.GetValue(_trainer) ?? (sgdAsked ? "sgd" : "lbfgs");
        if (trainer == "lbfgs" && sgdAsked)
        {
            throw new UsageException("--steps, --learning-rate and --batch-size belong to --trainer sgd; lbfgs has --l2 and --max-iterations.");
        }

        if (trainer == "sgd" && (arguments.GetResult(_l2) is { Implicit: false } || arguments.GetResult(_iterations) is { Implicit: false }))
        {
            throw new UsageException("--l2 and --max-iterations belong to --trainer lbfgs; sgd has --steps, --learning-rate and --batch-size.");
        }

        var seed = arguments.GetValue(_seed);
        var kind = (arguments.GetValue(_split) ?? (seed is null ? "hash" : "stratified")) == "hash" ? SplitKind.Hash : SplitKind.Stratified;
        var test = Share(arguments, _test, _testPercent, 0.1);
        var validation = Share(arguments, _validation, _validationPercent, 0.1);
        if (test + validation >= 1)
        {
            throw new UsageException(FormattableString.Invariant($"Test ({test:0.###}) and validation ({validation:0.###}) take all images; leave some for training."));
        }

        return new TrainRequest
        {
            Trainer = trainer,
            L2 = InRange(arguments, _l2, 0, double.MaxValue),
            MaxIterations = (int)InRange(arguments, _iterations, 1, int.MaxValue),
            Steps = (int)InRange(arguments, _steps, 1, int.MaxValue, 4000),
            LearningRate = InRange(arguments, _learningRate, double.Epsilon, double.MaxValue, 0.01),
            BatchSize = arguments.GetValue(_batchSize) is -1 ? -1 : (int)InRange(arguments, _batchSize, 1, int.MaxValue, 100),
            Seed = seed ?? 0,
            Threads = threads,
            Split = new SplitRequest(kind, test, validation, seed ?? 0),
        };
    }

    private static double Share(ParseResult arguments, Option<double?> share, Option<double?> percent, double fallback)
    {
        if (arguments.GetValue(share) is not null && arguments.GetValue(percent) is not null)
        {
            throw new UsageException($"{share.Name} and {percent.Name} say the same thing; give one.");
        }

        return arguments.GetValue(percent) is not null ? InRange(arguments, percent, 0, 100, 0) / 100 : InRange(arguments, share, 0, 1, fallback);
    }

    private static double InRange<T>(ParseResult arguments, Option<T> option, double least, double most, double fallback = 0)
    {
        if (arguments.GetValue(option) is not { } given)
        {
            return fallback;
        }

        var value = Convert.ToDouble(given, System.Globalization.CultureInfo.InvariantCulture);
        return value >= least && value <= most
            ? value
            : throw new UsageException(FormattableString.Invariant($"{option.Name} {given}: a number {(most < int.MaxValue ? $"from {least} to {most}" : least >= 1 ? $"of at least {least}" : least > 0 ? "above 0" : "of at least 0")} is expected."));
    }
}
