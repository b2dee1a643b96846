using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Tests.Terminal;

public sealed class CommandOutputTests
{
    [Fact]
    public void Results_and_notices_never_share_a_line_with_progress()
    {
        using var terminal = new StringWriter();
        var output = new CommandOutput(terminal, terminal, json: false, errorColumns: 80);
        using (var progress = output.Progress("Extracting", "images"))
        {
            progress.Report(0, 3, 0, null);
            output.Line("a.jpg  rose");
            output.Notice("careful");
            progress.Report(3, 3, 2, null);
            output.Line("b.jpg  daisy");
        }

        Assert.Equal(["a.jpg  rose", "note: careful", "b.jpg  daisy"], Screen(terminal).Where(line => line.Length > 0));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(80)]
    public void Progress_stays_within_a_line_of_the_terminal(int columns)
    {
        using var terminal = new StringWriter();
        using (var progress = new ProgressDisplay(terminal, columns, "Extracting", "images"))
        {
            progress.Report(1_000_000, 1_000_000, 12345.6, TimeSpan.FromHours(3), "123456 reused, 123456 unreadable, and what else there may be to say");
        }

        Assert.All(terminal.ToString().Split('\r', '\n'), part => Assert.True(part.Length < columns, part));
        Assert.Contains("Extracting: 1,000", terminal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_terminal_progress_is_whole_lines()
    {
        using var file = new StringWriter();
        var output = new CommandOutput(file, file, json: false, errorColumns: 0);
        using (var progress = output.Progress("Extracting", "images"))
        {
            progress.Report(0, 2, 0, null);
            output.Line("a.jpg  rose");
            progress.Report(2, 2, 1.5, TimeSpan.Zero, "1 reused");
        }

        Assert.Equal(["Extracting: 0 of 2 images", "a.jpg  rose", "Extracting: 2 of 2 images, 1.5 images/s (1 reused)"], file.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task An_error_stream_that_takes_nothing_changes_neither_result_nor_code()
    {
        using var output = new StringWriter();
        using var error = new BestEffortWriter(new FullDisk());
        Assert.Equal(1, await new CommandLineProgram(output, error).RunAsync(["cache", "info", "no-such-cache"]));
        Assert.Equal(2, await new CommandLineProgram(output, error).RunAsync(["retrian"]));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("models", "list")]
    [InlineData("models", "list", "--json")]
    public async Task An_output_stream_that_takes_nothing_is_an_error(params string[] line)
    {
        using var error = new StringWriter();
        using var output = new FullDisk();
        Assert.Equal(1, await new CommandLineProgram(output, error).RunAsync(line));
        Assert.Equal("error: No space left on device", error.ToString().Trim());
    }

    /// <summary>What a terminal shows of what was written: a carriage return goes back to the beginning of the line.</summary>
    private static IEnumerable<string> Screen(StringWriter terminal) => terminal.ToString().Split('\n').Select(line =>
    {
        var shown = Array.Empty<char>();
        foreach (var part in line.TrimEnd('\r').Split('\r'))
        {
            Array.Resize(ref shown, Math.Max(shown.Length, part.Length));
            part.CopyTo(0, shown, 0, part.Length);
        }

        return new string(shown).TrimEnd();
    });

    private sealed class FullDisk : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }
}
