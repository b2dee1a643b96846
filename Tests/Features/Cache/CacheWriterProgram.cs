using System.Globalization;
using MlTransfer.Features.Cache;

namespace MlTransfer.Features.Tests.Cache;

/// <summary>The test assembly as a program of its own: a writer to be killed.</summary>
internal static class CacheWriterProgram
{
    /// <summary>Name of the command that <see cref="Main"/> knows.</summary>
    public const string Command = "write-cache";

    /// <summary>Numbers a row: enough for a commit to take many writes.</summary>
    public const int Dimension = 512;

    /// <summary>Appends images without end and, after each commit, prints how many of the cache's images are saved.</summary>
    /// <param name="arguments"><see cref="Command"/>, the cache's folder.</param>
    public static int Main(string[] arguments)
    {
        if (arguments is not [Command, var folder])
        {
            Console.Error.WriteLine($"Run by the tests: {Command} FOLDER");
            return 2;
        }

        using var cache = FeatureCache.Open(folder, CacheData.Key(Dimension));
        var image = cache.Entries.Count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"opened {image}"));
        while (true)
        {
            for (var i = 0; i < 1 + (image % 7); i++)
            {
                CacheData.Append(cache, image++);
            }

            cache.Commit();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"saved {image}"));
        }
    }
}
