using System.CommandLine;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>cache export</c>: features for other programs.</summary>
internal sealed class CacheExportCommand : ICommand
{
    private readonly Argument<string> _folder = new("cache") { Description = "Folder of the feature cache." };
    private readonly Option<string> _to = new("--to") { Description = "csv (path,label,f0,f1,…) or npz (features, labels, paths, sha256).", HelpName = "FORMAT", Required = true };
    private readonly Option<string> _output = new("--output", "-o") { Description = "The file to write.", HelpName = "FILE", Required = true };

    /// <summary>Declares the options.</summary>
    public CacheExportCommand()
    {
        _to.AcceptOnlyFromAmong("csv", "npz");
        Definition.Add(_folder);
        Definition.Add(_to);
        Definition.Add(_output);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("export", "Write a feature cache as a file that other programs read.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer cache export flowers.features --to npz --output flowers.npz", "mltransfer cache export flowers.features --to csv --output flowers.csv"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var file = arguments.GetRequiredValue(_output);
        using var cache = FeatureCache.OpenRead(arguments.GetRequiredValue(_folder));
        using (var display = output.Progress("Writing", "rows"))
        {
            var total = cache.Entries.Count;
            var progress = new DirectProgress<long>(done => display.ReportEven(done, total));
            if (arguments.GetValue(_to) == "csv")
            {
                FeatureCacheExport.ToCsv(cache, file, progress, cancellation);
            }
            else
            {
                FeatureCacheExport.ToNpz(cache, file, progress, cancellation);
            }
        }

        output.Line($"{cache.Entries.Count} images with {cache.Key.Dimension} features each written to {file}");
        output.Result(new { file = Path.GetFullPath(file), images = cache.Entries.Count, dimension = cache.Key.Dimension, bytes = new FileInfo(file).Length });
        return ExitCode.Success;
    }
}
