using System.Globalization;
using MlTransfer.ML;

namespace MLNetSample;

/// <summary>Says how far an extraction is, every few seconds.</summary>
internal sealed class ConsoleProgress : IProgress<FeaturesProgress>
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);

    private DateTime _said = DateTime.UtcNow;

    public void Report(FeaturesProgress value)
    {
        if (DateTime.UtcNow - _said > s_every)
        {
            _said = DateTime.UtcNow;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Computed} images computed, {value.ImagesPerSecond:0.0} a second"));
        }
    }
}
