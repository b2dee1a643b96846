using System.CommandLine;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>cache verify</c>: checks every byte of a cache, and mends it where asked to.</summary>
internal sealed class CacheVerifyCommand : ICommand
{
    private readonly Argument<string> _folder = new("cache") { Description = "Folder of the feature cache." };
    private readonly Option<bool> _repair = new("--repair") { Description = "Drop what is damaged, so that the next extract-features computes it anew." };

    /// <summary>Declares the options.</summary>
    public CacheVerifyCommand()
    {
        Definition.Add(_folder);
        Definition.Add(_repair);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("verify", "Check every byte of a feature cache against its checksums. Exit code 1 where something is wrong.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer cache verify flowers.features", "mltransfer cache verify flowers.features --repair"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var folder = arguments.GetRequiredValue(_folder);
        using var display = output.Progress("Checking", "rows");
        var progress = new DirectProgress<(long Done, long Total)>(state => display.ReportEven(state.Done, state.Total));
        if (arguments.GetValue(_repair))
        {
            var repair = FeatureCache.Repair(folder, progress, cancellation);
            Say(repair.Before, output);
            foreach (var notice in repair.Notices)
            {
                output.Notice(notice);
            }

            output.Line(repair.Before.IsSound
                ? "There was nothing to mend."
                : $"Mended. {repair.Dropped.Count} image{(repair.Dropped.Count == 1 ? "" : "s")} dropped; run extract-features again to compute {(repair.Dropped.Count == 1 ? "it" : "them")} anew{(repair.Dropped.Count > 0 ? ": " + string.Join(", ", repair.Dropped.Take(20)) : "")}.");
            output.Result(new { before = repair.Before, dropped = repair.Dropped, notices = repair.Notices });
            return ExitCode.Success;
        }

        var found = FeatureCache.Verify(folder, progress, cancellation);
        Say(found, output);
        output.Result(found);
        return found.IsSound ? ExitCode.Success : ExitCode.Failure;
    }

    private static void Say(CacheVerification found, CommandOutput output)
    {
        foreach (var notice in found.Notices)
        {
            output.Notice(notice);
        }

        foreach (var fault in found.Faults)
        {
            output.Line($"{fault.File}{(fault.Row is { } row ? $", row {row}" : "")}{(fault.Paths.Count > 0 ? $" ({string.Join(", ", fault.Paths.Take(5))})" : "")}: {fault.Message}");
        }

        output.Line(found.IsSound
            ? $"Sound: {found.Entries} images, {found.RowsChecked} rows checked."
            : $"{found.Faults.Count} fault{(found.Faults.Count == 1 ? "" : "s")} in {found.RowsChecked} rows. 'cache verify --repair' drops what is damaged.");
    }
}
