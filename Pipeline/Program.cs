using System.Text;
using MlTransfer.Pipeline;
using MlTransfer.Pipeline.Terminal;

Console.OutputEncoding = Encoding.UTF8;
using var error = new BestEffortWriter(Console.Error);
return await new CommandLineProgram(Console.Out, error, TerminalWidth.OfError()).RunAsync(args).ConfigureAwait(false);
