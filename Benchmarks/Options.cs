using System.Globalization;

namespace MlTransfer.Benchmarks;

/// <summary>Reads "--name value" and "--name" from a benchmark's arguments.</summary>
internal static class Options
{
    /// <summary>The value after a name, or null.</summary>
    public static string? Text(IReadOnlyList<string> arguments, string name)
    {
        for (var i = 0; i + 1 < arguments.Count; i++)
        {
            if (arguments[i] == name)
            {
                return arguments[i + 1];
            }
        }

        return null;
    }

    /// <summary>The number after a name.</summary>
    public static int Number(IReadOnlyList<string> arguments, string name, int fallback) =>
        int.TryParse(Text(arguments, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : fallback;

    /// <summary>The fractional number after a name.</summary>
    public static double Fraction(IReadOnlyList<string> arguments, string name, double fallback) =>
        double.TryParse(Text(arguments, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : fallback;

    /// <summary>Where ground truth lies: MLTRANSFER_SHARED, else `shared` beside the repository.</summary>
    public static string Shared => Environment.GetEnvironmentVariable("MLTRANSFER_SHARED") ?? Path.Combine("..", "shared");
}
