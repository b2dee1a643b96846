using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MlTransfer.Pipeline.Terminal;

/// <summary>The usual help, and below it the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction inner, IReadOnlyDictionary<Command, string[]> examples) : SynchronousCommandLineAction
{
    /// <summary>Help is given whatever else is wrong with the command line.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        inner.Invoke(parseResult);
        if (examples.TryGetValue(parseResult.CommandResult.Command, out var lines))
        {
            var writer = parseResult.InvocationConfiguration.Output;
            writer.WriteLine(lines.Length == 1 ? "Example:" : "Examples:");
            foreach (var line in lines)
            {
                writer.WriteLine($"  {line}");
            }

            writer.WriteLine();
        }

        return ExitCode.Success;
    }
}
