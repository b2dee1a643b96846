using System.CommandLine;
using System.Globalization;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>cache info</c>: what a cache holds.</summary>
internal sealed class CacheInfoCommand : ICommand
{
    private readonly Argument<string> _folder = new("cache") { Description = "Folder of the feature cache." };

    /// <summary>Declares the options.</summary>
    public CacheInfoCommand() => Definition.Add(_folder);

    /// <inheritdoc/>
    public Command Definition { get; } = new("info", "Say what a feature cache holds and what its features were computed with.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer cache info flowers.features"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, _) = context;
        using var cache = FeatureCache.OpenRead(arguments.GetRequiredValue(_folder));
        foreach (var notice in cache.Notices)
        {
            output.Notice(notice);
        }

        var entries = cache.Entries;
        var labels = entries.GroupBy(entry => entry.Label, StringComparer.Ordinal).OrderBy(group => group.Key, PathOrder.Natural)
            .Select(group => (Label: group.Key, Images: group.Count())).ToArray();
        var bytes = new DirectoryInfo(cache.Folder).EnumerateFiles().Sum(file => file.Length);
        var key = cache.Key;
        output.Line(TextTable.Render(
        [
            ["Cache", cache.Folder],
            ["Images", entries.Count.ToString(CultureInfo.InvariantCulture)],
            ["Rows", cache.RowCount.ToString(CultureInfo.InvariantCulture)],
            ["Features a row", key.Dimension.ToString(CultureInfo.InvariantCulture)],
            ["Size on disk", string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB")],
            ["Model", key.BackboneId],
            ["Graph SHA-256", key.GraphSha256],
            ["Tensor", key.Tensor],
            ["Preprocessing", key.Preprocessing],
            ["Made by", cache.CreatedBy],
        ], leftColumns: 2));
        output.Line(TextTable.Render([["Label", "Images"], .. labels.Select(label => (string[])[label.Label, label.Images.ToString(CultureInfo.InvariantCulture)])]));
        output.Result(new
        {
            folder = cache.Folder,
            images = entries.Count,
            rows = cache.RowCount,
            dimension = key.Dimension,
            bytes,
            model = key.BackboneId,
            graphSha256 = key.GraphSha256,
            tensor = key.Tensor,
            preprocessing = key.Preprocessing,
            createdBy = cache.CreatedBy,
            labels = labels.ToDictionary(label => label.Label, label => label.Images),
            notices = cache.Notices,
        });
        return ExitCode.Success;
    }
}
