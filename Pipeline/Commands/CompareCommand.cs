using System.CommandLine;
using MlTransfer.Features.Backbones;
using MlTransfer.Pipeline.Comparisons;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>compare</c>: which backbone, tap and trainer is best for these images, and by more than chance?</summary>
internal sealed class CompareCommand : ICommand
{
    private readonly Option<string[]> _existing = new("--cache", "-c") { Description = "Compare on the features of this cache; given several times, of each. In place of --images.", HelpName = "FOLDER" };
    private readonly ComparisonOptions _comparison;

    /// <summary>Declares the options.</summary>
    public CompareCommand()
    {
        _comparison = new ComparisonOptions().AddTo(Definition);
        Definition.Add(_existing);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new(
        "compare",
        "Cross-validate backbones × tensors × trainers on the same images and folds; one table, with confidence intervals and the difference of each row from the first. --model, --tensor and --trainer take several names by comma; --tensor all takes every tap of a model.");

    /// <inheritdoc/>
    public string[] Examples { get; } =
    [
        "mltransfer compare --images photos --tensor bottleneck,mixed7,mixed8 --trainer lbfgs,adam",
        "mltransfer compare --images photos --tensor mixed8 --try \"--l2 0.001\" --try \"--l2 0.01\" --folds 5 --repeats 3 --csv table.csv",
        "mltransfer compare --cache a.features --cache b.features",
    ];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        _comparison.Trainers(arguments);
        var existing = arguments.GetValue(_existing) ?? [];
        if (existing.Length > 0)
        {
            return _comparison.Images.IsGiven(arguments)
                ? throw new UsageException("--images and --cache are both given; compare on the one or the others.")
                : _comparison.Run(context, Existing(existing), []);
        }

        var dataset = _comparison.Images.Read(arguments);
        var wanted = Wanted(_comparison.Model.Read(arguments));
        var (features, faults) = ComparedExtraction.Update(
            dataset, wanted, _comparison.Caches(arguments), _comparison.Work.Engine(arguments), _comparison.Extraction(arguments), output, cancellation);
        return _comparison.Run(context, features, faults);
    }

    /// <inheritdoc/>
    public string AfterInterrupt(ParseResult arguments) => "The features computed so far are saved; run the same command again to go on from there.";

    /// <summary>The features of caches; what tells them apart is what the table calls them.</summary>
    private static ComparedFeatures[] Existing(string[] folders)
    {
        ComparedFeatures[] sets = [.. folders.Select(folder => ComparedExtraction.Of(folder, null, null, null, null))];
        var sameTap = sets.GroupBy(set => (set.Model, set.Tap)).Any(group => group.Count() > 1);
        return sameTap ? [.. sets.Select((set, number) => set with { Tap = folders[number] })] : sets;
    }

    private static (Backbone, BackboneTap)[] Wanted(BackboneRequest request)
    {
        var models = request.Model is null ? new string?[] { null } : ComparisonOptions.Lists([request.Model]);
        var tensors = request.Tensor is null ? new string?[] { null } : ComparisonOptions.Lists([request.Tensor]);
        var wanted = new List<(Backbone Backbone, BackboneTap Tap)>();
        foreach (var model in models)
        {
            foreach (var tensor in tensors)
            {
                var own = request with { Model = model };
                wanted.AddRange(tensor == "all" ? BackboneTaps.All(own) : [BackboneResolver.Resolve(own with { Tensor = tensor }, Engines.Default)]);
            }
        }

        return [.. wanted.DistinctBy(entry => (entry.Backbone.GraphSha256, entry.Tap.Tensor))];
    }
}
