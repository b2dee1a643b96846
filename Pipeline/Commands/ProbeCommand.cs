using System.CommandLine;
using MlTransfer.Pipeline.Comparisons;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>probe</c>: which layer of a network is best for these images?</summary>
internal sealed class ProbeCommand : ICommand
{
    private readonly ComparisonOptions _comparison;

    /// <summary>Declares the options.</summary>
    public ProbeCommand() => _comparison = new ComparisonOptions().AddTo(Definition);

    /// <inheritdoc/>
    public Command Definition { get; } = new(
        "probe",
        "Compare all taps of one network, computed in one pass over the images; one table, with confidence intervals and the difference of each tap from the bottleneck.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer probe --images photos", "mltransfer probe --images photos --caches retrained --folds 5 --repeats 3"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        _comparison.Trainers(arguments);
        var request = _comparison.Model.Read(arguments);
        if (request.Tensor is not null)
        {
            throw new UsageException("--tensor: probe takes every tap; for some of them there is 'compare --tensor a,b'.");
        }

        var dataset = _comparison.Images.Read(arguments);
        var taps = BackboneTaps.All(request);
        output.Line($"{taps[0].Backbone.Id}: {string.Join(", ", taps.Select(entry => entry.Tap.Name))}");
        var (features, faults) = ComparedExtraction.Update(
            dataset, taps, _comparison.Caches(arguments), _comparison.Work.Engine(arguments), _comparison.Extraction(arguments), output, cancellation);
        return _comparison.Run(context, features, faults);
    }

    /// <inheritdoc/>
    public string AfterInterrupt(ParseResult arguments) => "The features computed so far are saved; run the same command again to go on from there.";
}
