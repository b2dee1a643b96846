namespace MlTransfer.Benchmarks;

/// <summary>One benchmark that the command line can name. It prints a table a person reads; with --json, one last line a script reads.</summary>
internal interface IBenchmark
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>One line for --help: what is timed against what, and its options.</summary>
    string Description { get; }

    /// <summary>Runs it; returns the exit code.</summary>
    int Run(IReadOnlyList<string> arguments);
}
