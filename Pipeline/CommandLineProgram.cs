using System.CommandLine;
using System.CommandLine.Help;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Graphs;
using MlTransfer.Pipeline.Commands;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline;

/// <summary>The command line: finds the command, runs it, and turns what goes wrong into one clear line and an exit code.</summary>
internal sealed class CommandLineProgram
{
    // A picture may be named @a.jpg; a file of arguments is nothing that anyone was promised.
    private static readonly ParserConfiguration s_parser = new() { ResponseFileTokenReplacer = null };

    private readonly RootCommand _root = new("Turn a few folders of photos into a classifier: features from a frozen network, cached; a softmax head fitted on them.");
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as JSON on standard output.", Recursive = true };
    private readonly Dictionary<Command, string[]> _examples = [];
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly int _errorColumns;

    /// <summary>Builds the commands.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where progress, notices and errors go.</param>
    /// <param name="errorColumns">Columns of the terminal there, whose line is rewritten; 0 where it is none.</param>
    public CommandLineProgram(TextWriter output, TextWriter error, int errorColumns = 0)
    {
        _output = output;
        _error = error;
        _errorColumns = errorColumns;
        _root.Add(_json);
        Add(_root, new RetrainCommand());
        Add(_root, new ExtractFeaturesCommand());
        Add(_root, new TrainHeadCommand());
        Add(_root, new EvaluateCommand());
        Add(_root, new PredictCommand());
        Add(_root, new CompareCommand());
        Add(_root, new ProbeCommand());
        Add(_root, new AuditCommand());
        Add(_root, new ExportCommand());
        var models = new Command("models", "What networks there are and what a graph holds.");
        Add(models, new ModelsListCommand());
        Add(models, new ModelsInspectCommand());
        Add(models, new ModelsProfileCommand());
        _root.Add(models);
        var cache = new Command("cache", "Look into, check, export and import a feature cache.");
        Add(cache, new CacheInfoCommand());
        Add(cache, new CacheVerifyCommand());
        Add(cache, new CacheExportCommand());
        Add(cache, new CacheImportCommand());
        _root.Add(cache);
        _examples[_root] = ["mltransfer retrain --images photos --output flowers", "mltransfer predict --head flowers/model.head rose.jpg"];
        _examples[models] = ["mltransfer models list"];
        _examples[cache] = ["mltransfer cache info flowers.features"];
        foreach (var option in _root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpWithExamples((HelpAction)option.Action!, _examples);
        }
    }

    /// <summary>Runs a command line; returns the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var parsed = _root.Parse(arguments, s_parser);
        if (CommandLineFaults.Of(parsed) is { Count: > 0 } faults)
        {
            foreach (var fault in faults)
            {
                await _error.WriteLineAsync($"error: {fault}").ConfigureAwait(false);
            }

            await _error.WriteLineAsync($"Try '{Path(parsed.CommandResult.Command)} --help'.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = _output,
                Error = _error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
            }).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            // Help and the version are written by the parser.
            return Fail(fault.Message, ExitCode.Failure);
        }
    }

    private static string Path(Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Take(1).Select(Path).Append(command is RootCommand ? "mltransfer" : command.Name));

    private void Add(Command parent, ICommand command)
    {
        var definition = command.Definition;
        CommandLineFaults.AddChecks(definition);
        _examples[definition] = command.Examples;
        parent.Add(definition);
        definition.SetAction((arguments, cancellation) => Task.Run(() => Run(command, arguments, cancellation), CancellationToken.None));
    }

    private int Run(ICommand command, ParseResult arguments, CancellationToken cancellation)
    {
        try
        {
            return command.Run(new CommandContext(arguments, new CommandOutput(_output, _error, arguments.GetValue(_json), _errorColumns), cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _error.WriteLine($"Stopped.{(command.AfterInterrupt(arguments) is { } advice ? " " + advice : "")}");
            return ExitCode.Interrupted;
        }
        catch (UsageException fault)
        {
            return Fail(fault.Message, ExitCode.Usage);
        }
        catch (ArgumentException fault) when (fault.ParamName is not null)
        {
            // The framework adds the name of a parameter, which means nothing on a command line.
            return Fail(fault.Message.Replace($" (Parameter '{fault.ParamName}')", "", StringComparison.Ordinal), ExitCode.Failure);
        }
        catch (Exception fault) when (IsForUser(fault))
        {
            return Fail(fault.Message, ExitCode.Failure);
        }
        catch (AggregateException fault) when (fault.InnerException is { } inner && IsForUser(inner))
        {
            return Fail(inner.Message, ExitCode.Failure);
        }
#pragma warning disable CA1031 // The last resort: a user is never shown a stack trace.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Fail($"something unexpected went wrong ({fault.GetType().Name}: {fault.Message}). Please report it with the command line.", ExitCode.Failure);
        }
    }

    private static bool IsForUser(Exception fault) => fault
        is DatasetException or GraphFormatException or OperationException or ImageFormatException or ImageFaultException or TrainingDataException
        or HeadMismatchException or FeatureCacheException or InvalidDataException or IOException or UnauthorizedAccessException or FormatException or ArgumentException
        or NotSupportedException or OutOfMemoryException;

    private int Fail(string message, int code)
    {
        _error.WriteLine($"error: {message}");
        return code;
    }
}
