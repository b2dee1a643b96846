namespace MlTransfer.Pipeline.Terminal;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>The job failed, or went on past images that could not be read.</summary>
    public const int Failure = 1;

    /// <summary>The command line is not understood or contradicts itself.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C, as shells report it (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
