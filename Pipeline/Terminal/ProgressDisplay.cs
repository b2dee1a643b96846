using System.Diagnostics;
using System.Globalization;

namespace MlTransfer.Pipeline.Terminal;

/// <summary>Shows how far long work is, how fast it goes and how long it will take.</summary>
/// <remarks>Not thread-safe; one thread reports.</remarks>
/// <param name="writer">Where it is shown.</param>
/// <param name="columns">Columns of the terminal, whose line is rewritten; 0 where lines can not be, and one is written now and then.</param>
/// <param name="what">What is done.</param>
/// <param name="unit">What is counted.</param>
internal sealed class ProgressDisplay(TextWriter writer, int columns, string what, string unit) : IDisposable
{
    private static readonly TimeSpan s_terminalInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_plainInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _last = -s_plainInterval;
    private int _width;
    private bool _isComplete;

    /// <summary>Shows a state, unless the last one is too fresh.</summary>
    /// <param name="done">Items done so far.</param>
    /// <param name="total">Items in all.</param>
    /// <param name="rate">Items a second, or 0 while not known.</param>
    /// <param name="left">Time left, or null while not known.</param>
    /// <param name="remark">More to say, or null.</param>
    public void Report(long done, long total, double rate, TimeSpan? left, string? remark = null)
    {
        var now = _clock.Elapsed;
        if (_isComplete || (now - _last < (columns > 0 ? s_terminalInterval : s_plainInterval) && done < total))
        {
            return;
        }

        _last = now;
        _isComplete = done >= total;
        var text = string.Create(CultureInfo.InvariantCulture, $"{what}: {done:N0} of {total:N0} {unit}");
        if (rate > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $", {rate:0.0} {unit}/s");
        }

        if (left is { } remaining && done < total)
        {
            text += $", {Duration(remaining)} left";
        }

        if (remark is not null)
        {
            text += $" ({remark})";
        }

        if (columns > 0)
        {
            // A line that wraps could not be rewritten.
            text = text.Length < columns ? text : text[..(columns - 1)];
            writer.Write("\r" + text.PadRight(_width));
            _width = text.Length;
        }
        else
        {
            writer.WriteLine(text);
        }
    }

    /// <summary>Shows a state of work that goes evenly: rate and time left follow from the time that has passed. The first second needs no commentary.</summary>
    /// <param name="done">Items done so far.</param>
    /// <param name="total">Items in all.</param>
    public void ReportEven(long done, long total)
    {
        if (_clock.Elapsed >= s_patience)
        {
            var rate = done / _clock.Elapsed.TotalSeconds;
            Report(done, total, rate, TimeSpan.FromSeconds((total - done) / rate));
        }
    }

    /// <summary>Takes the line away, so that something else can be written where it stood; the next state brings it back.</summary>
    public void Clear()
    {
        if (columns > 0 && _width > 0)
        {
            writer.Write("\r" + new string(' ', _width) + "\r");
            _width = 0;
        }
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        if (columns > 0 && _width > 0)
        {
            writer.WriteLine();
            _width = 0;
        }
    }

    /// <summary>A duration as people say it: 0.8 s, 42 s, 3 min 05 s, 2 h 10 min.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalSeconds: < 99.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };
}
