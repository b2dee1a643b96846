namespace MlTransfer.Pipeline.Terminal;

/// <summary>How wide the terminal is that somebody looks at.</summary>
internal static class TerminalWidth
{
    private const int Usual = 80;

    /// <summary>Columns of the terminal that the error stream is; 0 where it is none.</summary>
    public static int OfError()
    {
        if (Console.IsErrorRedirected)
        {
            return 0;
        }

        try
        {
            return Console.WindowWidth > 1 ? Console.WindowWidth : Usual;
        }
        catch (Exception fault) when (fault is IOException or PlatformNotSupportedException)
        {
            // Windows tells it of the output stream only, which may be a file.
            return Usual;
        }
    }
}
