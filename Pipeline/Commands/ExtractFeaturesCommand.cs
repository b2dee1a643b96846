using System.CommandLine;
using System.Globalization;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>extract-features</c>: photos in, a cache of features out.</summary>
internal sealed class ExtractFeaturesCommand : ICommand
{
    private readonly ImageSourceOptions _images;
    private readonly ModelOptions _model;
    private readonly WorkOptions _work;

    private readonly Option<string> _cache = new("--cache", "--bottleneck_dir", "-c")
    {
        Description = "Folder of the feature cache; made where it is missing. What is in it already is not computed again.",
        HelpName = "FOLDER",
        Required = true,
    };

    private readonly Option<bool> _keep = new("--keep") { Description = "Keep images in the cache that are not among these any more. Default: they are left out from now on." };

    /// <summary>Declares the options.</summary>
    public ExtractFeaturesCommand()
    {
        _images = new ImageSourceOptions().AddTo(Definition);
        Definition.Add(_cache);
        Definition.Add(_keep);
        _model = new ModelOptions().AddTo(Definition);
        _work = new WorkOptions().AddTo(Definition);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("extract-features", "Compute the features of images with a frozen network and keep them on the disk.");

    /// <inheritdoc/>
    public string[] Examples { get; } =
    [
        "mltransfer extract-features --images photos --cache flowers.features",
        "mltransfer extract-features --images photos --cache flowers-mixed8.features --tensor mixed8",
        "mltransfer extract-features --images list.csv --cache my.features --model my_graph.pb --preprocess inception",
    ];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var dataset = _images.Read(arguments);
        var engine = Engines.Default;
        var (backbone, tap) = BackboneResolver.Resolve(_model.Read(arguments), engine);
        var cache = arguments.GetRequiredValue(_cache);
        var result = CachedExtraction.Update(
            dataset, backbone, tap, cache, arguments.GetValue(_keep), engine, _work.Engine(arguments),
            new ExtractionOptions { Batch = _work.Batch(arguments), OnError = _images.OnError(arguments) }, output, cancellation);

        output.Line(Describe(result, cache));
        ImageFeatures.SayFaults(result.Faults, output);
        output.Result(new
        {
            cache = Path.GetFullPath(cache),
            model = backbone.Id,
            tensor = tap.Tensor,
            dimension = tap.Dimension,
            preprocessing = backbone.PreprocessingId,
            images = result.Images,
            computed = result.Computed,
            reused = result.Reused,
            faults = result.Faults,
            seconds = result.Elapsed.TotalSeconds,
            imagesPerSecond = result.ImagesPerSecond,
        });
        return result.Faults.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    /// <inheritdoc/>
    public string AfterInterrupt(ParseResult arguments) =>
        $"What was computed is saved in {arguments.GetValue(_cache)}; run the same command again to go on from there.";

    /// <summary>What an extraction did, in a line.</summary>
    internal static string Describe(ExtractionResult result, string cache) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Images} images: {result.Computed} computed, {result.Reused} reused, {result.Faults.Count} unreadable; {ProgressDisplay.Duration(result.Elapsed)}{(result.Computed > 0 ? $", {result.ImagesPerSecond:0.0} images/s" : "")}; saved in {cache}");
}
