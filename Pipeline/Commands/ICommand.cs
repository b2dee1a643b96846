using System.CommandLine;

namespace MlTransfer.Pipeline.Commands;

/// <summary>One command of the program.</summary>
internal interface ICommand
{
    /// <summary>Name, options and help.</summary>
    Command Definition { get; }

    /// <summary>Command lines that show how it is used.</summary>
    string[] Examples { get; }

    /// <summary>Does the work; returns the exit code.</summary>
    int Run(CommandContext context);

    /// <summary>How to go on after Ctrl-C, in words; null where there is nothing to keep.</summary>
    string? AfterInterrupt(ParseResult arguments) => null;
}
