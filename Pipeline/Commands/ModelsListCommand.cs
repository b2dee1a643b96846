using System.CommandLine;
using System.Globalization;
using MlTransfer.Features.Backbones;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>models list</c>: the networks of the catalog.</summary>
internal sealed class ModelsListCommand : ICommand
{
    /// <inheritdoc/>
    public Command Definition { get; } = new("list", "List the networks that ship, with source, licence and the tensors that serve as features.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer models list", "mltransfer models list --json"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var backbones = BackboneCatalog.Load().Backbones;
        foreach (var backbone in backbones)
        {
            context.Output.Line(TextTable.Render(
            [
                ["Id", backbone.Id],
                ["What", backbone.Title],
                ["Source", backbone.Source],
                ["Licence", backbone.Licence],
                ["SHA-256", backbone.GraphSha256],
                ["Size", string.Create(CultureInfo.InvariantCulture, $"{(File.Exists(backbone.GraphPath) ? new FileInfo(backbone.GraphPath).Length / 1048576.0 : 0):0.0} MiB")],
                ["Input", backbone.Input],
                ["Preprocessing", backbone.Preprocessing?.Id ?? "by the graph"],
            ], leftColumns: 2));
            context.Output.Line(TextTable.Render([["Tap", "Tensor", "Features"], .. backbone.Taps.Select(tap => (string[])[tap.Name, tap.Tensor, tap.Dimension.ToString(CultureInfo.InvariantCulture)])], leftColumns: 2));
        }

        context.Output.Result(backbones.Select(backbone => new
        {
            backbone.Id,
            backbone.Title,
            backbone.Source,
            backbone.Licence,
            backbone.GraphPath,
            backbone.GraphSha256,
            backbone.Input,
            preprocessing = backbone.Preprocessing?.Id,
            backbone.Taps,
        }));
        return ExitCode.Success;
    }
}
