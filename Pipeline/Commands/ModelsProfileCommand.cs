using System.CommandLine;
using System.Globalization;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>models profile</c>: where the engine's time goes, step by step.</summary>
internal sealed class ModelsProfileCommand : ICommand
{
    private readonly Argument<string> _file = new("graph") { Description = "A frozen TensorFlow graph (.pb), or the id of a model of 'models list'." };

    private readonly Option<string?> _input = new("--input")
    {
        Description = "The tensor that takes the images. Default: the model's, else read from the graph.",
        HelpName = "TENSOR",
    };

    private readonly Option<string?> _tensor = new("--tensor", "--tap", "-t")
    {
        Description = "The tensor to compute; for a model of the catalog also a tap's name. Default: the bottleneck, else the graph's first output.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _size = new("--size")
    {
        Description = "Width and height of the input in pixels where the graph leaves them open. Default: 224.",
        HelpName = "PIXELS",
    };

    private readonly Option<int> _rounds = new("--rounds")
    {
        Description = "Runs that are timed, after one that is not; each step's least time counts. 1 to 1000.",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<int?> _top = new("--top") { Description = "Print only the N steps that take longest. Default: all.", HelpName = "N" };

    private readonly Option<string> _sort = new("--sort") { Description = "Order of the steps: time, the longest first, or graph, as they run.", DefaultValueFactory = _ => "time" };

    private readonly WorkOptions _work;

    /// <summary>Declares the options.</summary>
    public ModelsProfileCommand()
    {
        _sort.AcceptOnlyFromAmong("time", "graph");
        _rounds.Validators.Add(result => RequireAtLeastOne(result, _rounds.Name, 1000));
        _top.Validators.Add(result => RequireAtLeastOne(result, _top.Name, int.MaxValue));
        _size.Validators.Add(result => RequireAtLeastOne(result, _size.Name, 16384));
        Definition.Add(_file);
        foreach (var option in new Option[] { _input, _tensor, _size, _rounds, _top, _sort })
        {
            Definition.Add(option);
        }

        _work = new WorkOptions().AddTo(Definition);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new(
        "profile",
        "Say where the time goes when a graph is run: each step's node, kernel, result, milliseconds, GFLOP/s and bytes. GFLOP/s counts the operations of direct convolution, whatever the kernel does.");

    /// <inheritdoc/>
    public string[] Examples { get; } =
    [
        "mltransfer models profile inception_v3_nsfwjs --top 20",
        "mltransfer models profile my_graph.pb --batch 1 --threads 1 --json",
    ];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var arguments = context.Arguments;
        var request = new ProfileRequest
        {
            Model = arguments.GetRequiredValue(_file),
            Input = arguments.GetValue(_input),
            Tensor = arguments.GetValue(_tensor),
            Size = arguments.GetValue(_size),
            Batch = _work.Batch(arguments),
            Rounds = arguments.GetValue(_rounds),
            Engine = _work.Engine(arguments),
        };
        var profile = ModelProfile.Measure(request, context.Cancellation);
        Print(context.Output, profile, arguments.GetValue(_sort) == "time", arguments.GetValue(_top) ?? int.MaxValue);
        context.Output.Result(new
        {
            file = profile.Path,
            profile.Input,
            inputShape = profile.InputShape,
            tensor = profile.Fetch,
            profile.Batch,
            threads = request.Engine.Threads,
            request.Rounds,
            totalMilliseconds = profile.TotalMilliseconds,
            imagesPerSecond = profile.Batch / profile.TotalMilliseconds * 1000,
            operations = profile.Steps.Sum(step => step.Operations),
            gflops = profile.GigaOperationsPerSecond,
            steps = profile.Steps.Select(step => new
            {
                step.Node,
                step.Kernel,
                step.Layer,
                step.Shape,
                step.Milliseconds,
                step.Operations,
                step.ComputedOperations,
                gflops = step.GigaOperationsPerSecond,
                computedGflops = step.ComputedGigaOperationsPerSecond,
                step.Bytes,
            }),
        });
        return ExitCode.Success;
    }

    private static void Print(CommandOutput output, ModelProfile profile, bool byTime, int top)
    {
        output.Line(string.Create(CultureInfo.InvariantCulture, $"{profile.Path}: {profile.Input} {profile.InputShape} → {profile.Fetch}"));
        output.Line();
        var steps = byTime ? profile.Steps.OrderByDescending(step => step.Milliseconds) : (IEnumerable<StepTime>)profile.Steps;
        if (top < profile.Steps.Count)
        {
            var shown = profile.Steps.OrderByDescending(step => step.Milliseconds).Take(top).ToHashSet(ReferenceEqualityComparer.Instance);
            steps = steps.Where(shown.Contains);
        }

        output.Line(TextTable.Render(
        [
            ["Node", "Kernel", "Layer", "Result", "ms", "%", "GFLOP/s", "MB"],
            .. steps.Select(step => Row(step.Node, step.Kernel, step.Layer, step.Shape, step.Milliseconds, profile.TotalMilliseconds, step.Operations, step.Bytes)),
        ], leftColumns: 4));
        output.Line(TextTable.Render(
        [
            ["Kernel", "Steps", "ms", "%", "GFLOP/s", "MB"],
            .. profile.Steps.GroupBy(step => step.Kernel).OrderByDescending(group => group.Sum(step => step.Milliseconds)).Select(group => Totals(group.Key, [.. group], profile)),
            Totals("Total", profile.Steps, profile),
        ]));
        output.Line(string.Create(
            CultureInfo.InvariantCulture, $"{profile.Batch} images in {profile.TotalMilliseconds:0.0} ms: {profile.Batch / profile.TotalMilliseconds * 1000:0.0} images/s"));
    }

    private static string[] Totals(string name, IReadOnlyList<StepTime> steps, ModelProfile profile)
    {
        var row = Row(name, steps.Count.ToString(CultureInfo.InvariantCulture), "", "", steps.Sum(step => step.Milliseconds), profile.TotalMilliseconds, steps.Sum(step => step.Operations), steps.Sum(step => step.Bytes));
        return [row[0], row[1], .. row[4..]];
    }

    private static string[] Row(string node, string kernel, string layer, string shape, double milliseconds, double total, double operations, long bytes) =>
    [
        node,
        kernel,
        layer,
        shape,
        milliseconds.ToString("0.000", CultureInfo.InvariantCulture),
        (total > 0 ? milliseconds / total * 100 : 0).ToString("0.0", CultureInfo.InvariantCulture),
        operations > 0 && milliseconds > 0 ? (operations / milliseconds / 1e6).ToString("0.0", CultureInfo.InvariantCulture) : "",
        (bytes / 1e6).ToString("0.00", CultureInfo.InvariantCulture),
    ];

    private static void RequireAtLeastOne(System.CommandLine.Parsing.OptionResult result, string name, int most)
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < 1 || value > most))
        {
            result.AddError(most == int.MaxValue ? $"{name} {value}: at least 1 is expected." : $"{name} {value}: a number from 1 to {most} is expected.");
        }
    }
}
