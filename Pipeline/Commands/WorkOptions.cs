using System.CommandLine;
using MlTransfer.Features.Engines;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that say how to work; none changes a result.</summary>
internal sealed class WorkOptions
{
    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads that compute, 1 to 1024. Default: one a processor.",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Images computed at once, 1 to 1024.",
        HelpName = "N",
        DefaultValueFactory = _ => 8,
    };

    /// <summary>Adds the options to a command.</summary>
    public WorkOptions AddTo(Command command)
    {
        foreach (var option in new[] { _threads, _batch })
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && value is < 1 or > 1024)
                {
                    result.AddError($"{option.Name} {value}: a number from 1 to 1024 is expected.");
                }
            });
            command.Add(option);
        }

        return this;
    }

    /// <summary>Images at once.</summary>
    public int Batch(ParseResult arguments) => arguments.GetValue(_batch);

    /// <summary>Threads.</summary>
    public int Threads(ParseResult arguments) => arguments.GetValue(_threads);

    /// <summary>For the engine.</summary>
    public EngineOptions Engine(ParseResult arguments) => new() { Threads = Threads(arguments) };
}
