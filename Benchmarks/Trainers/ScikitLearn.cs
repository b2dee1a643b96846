using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>scikit-learn's LogisticRegression in a Python process: the time of the loosest tolerance that reaches the objective, data loaded and imports done.</summary>
internal static class ScikitLearn
{
    /// <summary>Seconds; null and a reason where it could not be run.</summary>
    public static double? Time(string python, string folder, double c, double optimum, double tolerance, out string note)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", "scikit_learn_fit.py");
        string[] arguments =
        [
            script, Path.Combine(folder, FitComparison.FeaturesFile), Path.Combine(folder, FitComparison.LabelsFile),
            c.ToString("R", CultureInfo.InvariantCulture), optimum.ToString("R", CultureInfo.InvariantCulture), tolerance.ToString("R", CultureInfo.InvariantCulture),
        ];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                note = $"absent: {python} ended with {process.ExitCode}: {errors.Result.Trim().Split('\n')[^1]}";
                return null;
            }

            var result = JsonDocument.Parse(output).RootElement;
            note = result.GetProperty("note").GetString()!;
            return result.GetProperty("seconds").GetDouble();
        }
        catch (Exception fault) when (fault is Win32Exception or JsonException)
        {
            note = $"absent: {python}: {fault.Message}";
            return null;
        }
    }
}
