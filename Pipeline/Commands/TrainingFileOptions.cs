using System.CommandLine;
using MlTransfer.Datasets.Splits;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options of train-head that name features which other programs computed: one source that is split here, or a file for each use.</summary>
internal sealed class TrainingFileOptions
{
    private readonly Option<string?> _training = new("--training-file", "--training_file") { Description = "Features to train on, in a file of their own; kinds as for --features.", HelpName = "FILE" };
    private readonly Option<string?> _validation = new("--validation-file", "--validation_file") { Description = "Features to validate on.", HelpName = "FILE" };
    private readonly Option<string?> _test = new("--test-file", "--test_file") { Description = "Features to test on.", HelpName = "FILE" };
    private readonly Option<string?> _validationLabels = new("--validation-labels", "--validation_labels") { Description = "As --labels, for --validation-file.", HelpName = "FILE" };
    private readonly Option<string?> _testLabels = new("--test-labels", "--test_labels") { Description = "As --labels, for --test-file.", HelpName = "FILE" };
    private readonly Option<string?> _name = new("--name") { Description = "Name of the network that computed the features (vgg16), so that those of others are refused later.", HelpName = "NAME" };
    private readonly FeatureFileOptions _features;
    private readonly ModelOptions _model;

    /// <summary>Adds the options to a command.</summary>
    public TrainingFileOptions(Command command)
    {
        _features = new FeatureFileOptions().AddTo(command);
        foreach (var option in new[] { _training, _validation, _test, _validationLabels, _testLabels, _name })
        {
            command.Add(option);
        }

        _model = new ModelOptions().AddTo(command);
    }

    /// <summary>Whether features of another program are named at all.</summary>
    public bool IsGiven(ParseResult arguments) => Files(arguments).Any();

    /// <summary>The folder, where --features names a feature cache.</summary>
    public string? CacheFolder(ParseResult arguments) => _features.CacheFolder(arguments);

    /// <summary>Whether each use has a file of its own, so that nothing is left to split.</summary>
    public bool HasOwnSplit(ParseResult arguments) => arguments.GetValue(_validation) is not null || arguments.GetValue(_test) is not null;

    /// <summary>Refuses options that say something of features of others where a cache is read.</summary>
    /// <exception cref="UsageException">One is used.</exception>
    public void RefuseBesideCache(ParseResult arguments)
    {
        string[] used =
        [
            .. Files(arguments).Where(file => _features.CacheFolder(arguments) is null || file != _features.Source(arguments)),
            .. _features.Labels.Used(arguments), .. _model.Used(arguments), .. new[] { _name, _validationLabels, _testLabels }.Where(option => arguments.GetValue(option) is not null).Select(option => option.Name),
        ];
        if (used.Length > 0)
        {
            throw new UsageException($"{string.Join(", ", used)}: a feature cache (--cache) says itself what its features and labels are. Give the one or the other.");
        }
    }

    /// <summary>What the command line asks for.</summary>
    /// <exception cref="UsageException">It contradicts itself.</exception>
    public ImportRequest Read(ParseResult arguments)
    {
        var features = _features.Source(arguments);
        var training = arguments.GetValue(_training);
        if (features is not null && (training is not null || HasOwnSplit(arguments)))
        {
            throw new UsageException("--features is one source that is split; --training-file, --validation-file and --test-file are one each. Give the one or the others.");
        }

        if (features is null && training is null)
        {
            throw new UsageException("Which features are trained on? Name them with --training-file FILE.");
        }

        var labels = _features.Labels.Read(arguments);
        FeatureFile Part(string path, Option<string?> own, Subset subset) => new(path, labels with { LabelsFile = arguments.GetValue(own) }, subset);
        List<FeatureFile> files = [new FeatureFile((features ?? training)!, labels, HasOwnSplit(arguments) ? Subset.Training : null)];
        if (arguments.GetValue(_validation) is { } validation)
        {
            files.Add(Part(validation, _validationLabels, Subset.Validation));
        }

        if (arguments.GetValue(_test) is { } test)
        {
            files.Add(Part(test, _testLabels, Subset.Test));
        }

        return new ImportRequest { Files = files, Network = arguments.GetValue(_name), LabelNames = _features.Labels.Names(arguments), Graph = _model.ReadStated(arguments) };
    }

    private IEnumerable<string> Files(ParseResult arguments) =>
        new[] { _features.Source(arguments), arguments.GetValue(_training), arguments.GetValue(_validation), arguments.GetValue(_test) }.OfType<string>();
}
