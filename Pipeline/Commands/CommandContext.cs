using System.CommandLine;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary>What a command works with: its arguments, where it writes, and when to stop.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="Output">Where to write.</param>
/// <param name="Cancellation">Set by Ctrl-C.</param>
internal sealed record CommandContext(ParseResult Arguments, CommandOutput Output, CancellationToken Cancellation);
