using System.Text;
using MlTransfer.Pipeline;

Console.OutputEncoding = Encoding.UTF8;
return await new CommandLineProgram(Console.Out, Console.Error, !Console.IsErrorRedirected).RunAsync(args).ConfigureAwait(false);
