using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MlTransfer.Goldens;

/// <summary>
/// xunit as it is, with a closing report: for each folder of ground truth (trait "Golden") how many tests passed, failed and were skipped, failures
/// by name; and the reason of every skip.
/// </summary>
public sealed class CountingTestFramework(IMessageSink sink) : XunitTestFramework(sink)
{
    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider source, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, source, diagnostics)
    {
        protected override async void RunTestCases(
            IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new XunitTestAssemblyRunner(
                TestAssembly, testCases, DiagnosticMessageSink, new CountingSink(executionMessageSink, DiagnosticMessageSink), executionOptions);
            await runner.RunAsync().ConfigureAwait(false);
        }
    }
}
