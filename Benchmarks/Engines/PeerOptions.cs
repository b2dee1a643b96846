using System.Globalization;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>Reads "--name value" from a benchmark's arguments.</summary>
internal static class PeerOptions
{
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

    public static int Number(IReadOnlyList<string> arguments, string name, int fallback) =>
        int.TryParse(Text(arguments, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : fallback;
}
