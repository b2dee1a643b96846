using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlTransfer.Pipeline.Terminal;

/// <summary>
/// Where a command writes: results on the output stream (text for people, or with --json one JSON document and nothing else), progress and
/// notices on the error stream.
/// </summary>
/// <param name="output">Where results go.</param>
/// <param name="error">Where progress and notices go.</param>
/// <param name="json">Whether the result is to be JSON.</param>
/// <param name="errorColumns">Columns of the terminal that the error stream is; 0 where it is none.</param>
internal sealed class CommandOutput(TextWriter output, TextWriter error, bool json, int errorColumns)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private Action? _clearProgress;

    /// <summary>Whether the result is to be JSON.</summary>
    public bool Json { get; } = json;

    /// <summary>A line of the result for people; nothing with --json.</summary>
    public void Line(string text = "")
    {
        if (!Json)
        {
            _clearProgress?.Invoke();
            output.WriteLine(text);
        }
    }

    /// <summary>What the user should know but did not ask for.</summary>
    public void Notice(string text)
    {
        _clearProgress?.Invoke();
        error.WriteLine($"note: {text}");
    }

    /// <summary>Writes the result as JSON where --json asks for it.</summary>
    public void Result<T>(T result)
    {
        if (Json)
        {
            output.WriteLine(JsonSerializer.Serialize(result, s_json));
        }
    }

    /// <summary>A progress display on the error stream: one line that is rewritten on a terminal, a plain line now and then elsewhere.</summary>
    public ProgressDisplay Progress(string what, string unit)
    {
        var display = new ProgressDisplay(error, errorColumns, what, unit);
        _clearProgress = display.Clear;
        return display;
    }

    /// <summary>Writes a value as the JSON that <see cref="Result{T}"/> would print.</summary>
    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, s_json);
}
