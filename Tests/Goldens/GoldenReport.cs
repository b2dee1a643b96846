using System.Collections.Concurrent;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MlTransfer.Goldens;

/// <summary>
/// Counts the golden cases of a test class by folder and, when the class is done, prints one line a folder: how many passed, failed and were
/// skipped, and which failed. Use as a class fixture and wrap each case in <see cref="Case"/>.
/// </summary>
public sealed class GoldenReport(IMessageSink sink) : IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Name, string Outcome, string Reason)>> _folders = new(StringComparer.Ordinal);

    /// <summary>Runs one case and counts it; what it throws goes on to xunit.</summary>
    /// <param name="folder">Folder the case belongs to, for example "golden/ops".</param>
    /// <param name="name">Name of the case.</param>
    /// <param name="body">The test.</param>
    public void Case(string folder, string name, Action body)
    {
        var outcomes = _folders.GetOrAdd(folder, _ => new());
        try
        {
            body();
            outcomes.Enqueue((name, "passed", ""));
        }
        catch (Xunit.SkipException skip)
        {
            outcomes.Enqueue((name, "skipped", skip.Message));
            throw;
        }
        catch
        {
            outcomes.Enqueue((name, "failed", ""));
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (folder, outcomes) in _folders.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var failed = outcomes.Where(outcome => outcome.Outcome == "failed").Select(outcome => outcome.Name).Order(StringComparer.Ordinal).ToArray();
            var skipped = outcomes.Where(outcome => outcome.Outcome == "skipped").GroupBy(outcome => outcome.Reason, StringComparer.Ordinal).ToArray();
            sink.OnMessage(new DiagnosticMessage(
                $"{folder}: {outcomes.Count(outcome => outcome.Outcome == "passed")} passed, {failed.Length} failed, {skipped.Sum(group => group.Count())} skipped" +
                (failed.Length > 0 ? $"; failed: {string.Join(", ", failed)}" : "") +
                string.Concat(skipped.Select(group => $"; skipped because {group.Key}: {string.Join(", ", group.Select(outcome => outcome.Name))}"))));
        }
    }
}
