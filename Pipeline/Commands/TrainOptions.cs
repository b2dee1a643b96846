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
        Description = "lbfgs (to the optimum, default), sdca (the same by dual coordinate ascent), or in mini-batches sgd (as retrain.py; default where an option of mini-batches is given), adam, rmsprop, adagrad; or without fitting centroid (the nearest mean of a label) and knn (the nearest images).",
        HelpName = "NAME",
    };

    private readonly Option<string?> _preset = new("--preset")
    {
        Description = "Mini-batch settings to start from: retrain (default of sgd), keras-adam (default of adam, rmsprop, adagrad) or hands-on (sgd 0.1, momentum 0.9).",
        HelpName = "NAME",
    };

    private readonly Option<int?> _steps = new("--steps", "--how_many_training_steps") { Description = "Mini-batches to learn from. Default: the preset's; retrain 4000.", HelpName = "N" };

    private readonly Option<int?> _epochs = new("--epochs") { Description = "Passes over the training images, shuffled, in place of --steps. Default: the preset's; keras-adam 20, hands-on 3.", HelpName = "N" };

    private readonly Option<double?> _learningRate = new("--learning-rate", "--learning_rate") { Description = "Step length. Default: the preset's; retrain 0.01, keras-adam 0.001.", HelpName = "NUMBER" };

    private readonly Option<int?> _batchSize = new("--batch-size", "--train_batch_size", "--batch_size") { Description = "Images a mini-batch, -1 for all. Default: the preset's; retrain 100, the others 32.", HelpName = "N" };

    private readonly Option<double?> _momentum = new("--momentum") { Description = "sgd, rmsprop: share of the last step that goes into the next, 0 to 0.9999.", HelpName = "SHARE" };

    private readonly Option<bool> _nesterov = new("--nesterov") { Description = "sgd: the momentum looks a step ahead." };

    private readonly Option<string?> _schedule = new("--schedule")
    {
        Description = "How the step length falls over the fit: constant (default), exponential (to a hundredth), cosine or polynomial (to zero; the latter in a straight line), step (a tenth after half, again after three quarters).",
        HelpName = "NAME",
    };

    private readonly Option<int?> _patience = new("--patience") { Description = "Stop after N epochs without a lower loss on the validation images, and keep the best epoch's weights.", HelpName = "N" };

    private readonly LossOptions _loss = new();

    private readonly HeadKindOptions _kind = new();

    private readonly Option<string?> _split = new("--split")
    {
        Description = "hash (by each image's path, as retrain.py; default) or stratified (each label in proportion; default where --seed is given).",
        HelpName = "RULE",
    };

    private readonly Option<double?> _test = new("--test") { Description = "Share of the images kept for testing, 0 to 1. Default: 0.1.", HelpName = "SHARE" };

    private readonly Option<double?> _validation = new("--validation") { Description = "Share of the images kept for validation, 0 to 1. Default: 0.1.", HelpName = "SHARE" };

    private readonly Option<double?> _testPercent = new("--testing-percentage", "--testing_percentage") { Description = "The same as --test, in percent.", HelpName = "PERCENT" };

    private readonly Option<double?> _validationPercent = new("--validation-percentage", "--validation_percentage") { Description = "The same as --validation, in percent.", HelpName = "PERCENT" };

    private readonly Option<int?> _seed = new("--seed") { Description = "Seed of the stratified split, of mini-batches, of sdca's order and of the folds of --l2 auto.", HelpName = "N" };

    private readonly SoftmaxOptions _softmax = new();

    private readonly Option<bool> _misclassified = new("--print-misclassified", "--print_misclassified_test_images") { Description = "List every misclassified test image (20 are listed otherwise)." };

    /// <summary>The trainer that people who come with features from Keras expect where an option of mini-batches is given.</summary>
    public const string KerasTrainer = "adam";

    /// <summary>Adds the options to a command.</summary>
    public TrainOptions AddTo(Command command)
    {
        _trainer.AcceptOnlyFromAmong("lbfgs", "sdca", "sgd", "adam", "rmsprop", "adagrad", "centroid", "knn");
        _preset.AcceptOnlyFromAmong([.. TrainerPresets.Names]);
        _schedule.AcceptOnlyFromAmong("constant", "exponential", "cosine", "polynomial", "step");
        _split.AcceptOnlyFromAmong("hash", "stratified");
        command.Add(_trainer);
        _softmax.AddTo(command);
        foreach (var option in new Option[] { _preset, _steps, _epochs, _learningRate, _batchSize, _momentum, _nesterov, _schedule, _patience })
        {
            command.Add(option);
        }

        _loss.AddTo(command);
        _kind.AddTo(command);
        foreach (var option in new Option[] { _split, _test, _validation, _testPercent, _validationPercent, _seed, _misclassified })
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>Most misclassified images to list.</summary>
    public int MaxMisclassified(ParseResult arguments) => arguments.GetValue(_misclassified) ? int.MaxValue : 20;

    /// <summary>Which options that say how rows are split are used, by name.</summary>
    public string[] SplitOptions(ParseResult arguments) =>
        [.. new Option[] { _split, _test, _validation, _testPercent, _validationPercent }.Where(option => arguments.GetResult(option) is { Implicit: false }).Select(option => option.Name)];

    /// <summary>What the command line asks for.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="miniBatchTrainer">The trainer where none is named but an option of mini-batches is given.</param>
    public TrainRequest Read(ParseResult arguments, int threads, string miniBatchTrainer = "sgd")
    {
        var miniBatchAsked = new Option[] { _preset, _steps, _epochs, _learningRate, _batchSize, _momentum, _nesterov, _schedule, _patience }
            .Where(option => arguments.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToArray();
        var preset = arguments.GetValue(_preset);
        var trainer = arguments.GetValue(_trainer) ?? (preset == TrainerPresets.KerasAdam ? "adam" : preset is not null ? "sgd"
            : _kind.HasHidden(arguments) ? (arguments.GetValue(_momentum) is null && !arguments.GetValue(_nesterov) ? KerasTrainer : "sgd")
            : miniBatchAsked.Length > 0 ? miniBatchTrainer : "lbfgs");
        var fitsInBatches = trainer is not ("lbfgs" or "sdca" or "centroid" or "knn");
        var hidden = _kind.Hidden(arguments);
        if (!fitsInBatches && hidden is not null)
        {
            throw new UsageException($"--hidden: hidden layers are fitted in mini-batches, with --trainer sgd, adam, rmsprop or adagrad; {trainer} was asked for.");
        }

        if (!fitsInBatches && miniBatchAsked.Length > 0)
        {
            throw new UsageException($"{string.Join(", ", miniBatchAsked)}: these belong to --trainer sgd, adam, rmsprop or adagrad; {(trainer is "lbfgs" or "sdca" ? $"{trainer} has --l2 and --max-iterations" : $"{trainer} does not fit in steps")}.");
        }

        if (trainer is "centroid" or "knn" && _loss.Used(arguments).Any())
        {
            throw new UsageException($"{string.Join(", ", _loss.Used(arguments))}: {trainer} minimises no loss; leave this out, or choose another trainer.");
        }

        var seed = arguments.GetValue(_seed);
        var softmax = _softmax.Read(arguments, trainer, hidden is not null, seed ?? 0, threads) with { LabelSmoothing = _loss.Smoothing(arguments), ClassWeights = _loss.ClassWeights(arguments) };
        if (trainer == "sdca" && softmax.LabelSmoothing > 0)
        {
            throw new UsageException("--label-smoothing does not go with --trainer sdca; use lbfgs, which minimises the same objective.");
        }

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
            Softmax = softmax,
            MiniBatch = fitsInBatches
                ? MiniBatch(arguments, trainer, preset, seed ?? 0) with { L2 = _softmax.IsL2Given(arguments) ? softmax.L2 : null, LabelSmoothing = softmax.LabelSmoothing, ClassWeights = softmax.ClassWeights }
                : null,
            Hidden = hidden,
            Similarity = _kind.Similarity(arguments, trainer),
            Split = new SplitRequest(kind, test, validation, seed ?? 0),
        };
    }

    private MiniBatchRequest MiniBatch(ParseResult arguments, string trainer, string? preset, int seed)
    {
        if (preset is not null && (preset == TrainerPresets.KerasAdam) != (trainer == "adam"))
        {
            throw new UsageException($"--preset {preset} is for --trainer {(preset == TrainerPresets.KerasAdam ? "adam" : "sgd")}; {trainer} was asked for. Leave one of them out.");
        }

        if (preset is not null && trainer is "rmsprop" or "adagrad")
        {
            throw new UsageException($"--preset {preset} is not for --trainer {trainer}; leave one of them out.");
        }

        if (arguments.GetValue(_steps) is not null && arguments.GetValue(_epochs) is not null)
        {
            throw new UsageException("--steps and --epochs both say how long to train; give one.");
        }

        if (arguments.GetValue(_momentum) is not null && trainer is not ("sgd" or "rmsprop"))
        {
            throw new UsageException($"--momentum belongs to --trainer sgd and rmsprop; {trainer} has its own.");
        }

        var nesterov = arguments.GetValue(_nesterov);
        if (nesterov && (trainer != "sgd" || (arguments.GetValue(_momentum) ?? (preset == TrainerPresets.HandsOn ? 1 : 0)) == 0))
        {
            throw new UsageException("--nesterov needs --trainer sgd and --momentum, 0.9 say.");
        }

        return new MiniBatchRequest
        {
            Trainer = trainer,
            Preset = preset ?? (trainer == "sgd" ? TrainerPresets.Retrain : TrainerPresets.KerasAdam),
            Steps = Count(arguments, _steps),
            Epochs = Count(arguments, _epochs),
            LearningRate = arguments.GetValue(_learningRate) is null ? null : InRange(arguments, _learningRate, double.Epsilon, double.MaxValue),
            BatchSize = arguments.GetValue(_batchSize) is -1 ? -1 : Count(arguments, _batchSize),
            Momentum = arguments.GetValue(_momentum) is null ? null : InRange(arguments, _momentum, 0, 0.9999),
            Nesterov = nesterov,
            Schedule = arguments.GetValue(_schedule) ?? "constant",
            Patience = Count(arguments, _patience),
            Seed = seed,
        };
    }

    private static int? Count(ParseResult arguments, Option<int?> option) =>
        arguments.GetValue(option) is null ? null : (int)InRange(arguments, option, 1, int.MaxValue);

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
