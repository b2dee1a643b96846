using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MlTransfer.Goldens;

/// <summary>Passes messages on and counts results on the way; writes the report when the assembly is done.</summary>
internal sealed class CountingSink(IMessageSink inner, IMessageSink diagnostics) : LongLivedMarshalByRefObject, IMessageSink
{
    private const string GoldenTrait = "Golden";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (int Passed, List<string> Failed, int Skipped)> _folders = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<string>> _skips = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestPassed passed:
                Count(passed, (1, 0, 0));
                break;
            case ITestFailed failed:
                Count(failed, (0, 1, 0));
                break;
            case ITestSkipped skipped:
                Count(skipped, (0, 0, 1));
                lock (_gate)
                {
                    (_skips.TryGetValue(skipped.Reason, out var names) ? names : _skips[skipped.Reason] = []).Add(skipped.Test.DisplayName);
                }

                break;
            case ITestAssemblyFinished:
                Report();
                break;
        }

        return inner.OnMessage(message);
    }

    private void Count(ITestResultMessage result, (int Passed, int Failed, int Skipped) outcome)
    {
        if (!result.TestCase.Traits.TryGetValue(GoldenTrait, out var folders))
        {
            return;
        }

        lock (_gate)
        {
            foreach (var folder in folders)
            {
                var count = _folders.TryGetValue(folder, out var found) ? found : (0, [], 0);
                if (outcome.Failed > 0)
                {
                    count.Failed.Add(result.Test.DisplayName);
                }

                _folders[folder] = (count.Passed + outcome.Passed, count.Failed, count.Skipped + outcome.Skipped);
            }
        }
    }

    private void Report()
    {
        lock (_gate)
        {
            foreach (var (folder, (passed, failed, skipped)) in _folders)
            {
                Say($"{folder}: {passed} passed, {failed.Count} failed, {skipped} skipped{(failed.Count > 0 ? $"; failed: {string.Join("; ", failed)}" : "")}");
            }

            foreach (var (reason, names) in _skips)
            {
                Say($"skipped because {reason}: {string.Join("; ", names.Take(5))}{(names.Count > 5 ? $"; and {names.Count - 5} more" : "")}");
            }
        }
    }

    private void Say(string text) => diagnostics.OnMessage(new DiagnosticMessage(text));
}
