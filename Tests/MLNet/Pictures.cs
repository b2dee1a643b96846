using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Png;

namespace MlTransfer.ML.Tests;

/// <summary>A temporary folder of small pictures, red, green and blue ones of many shades: <c>red/0.png</c> … Gone when disposed of.</summary>
internal sealed class Pictures : IDisposable
{
    public static readonly string[] Labels = ["blue", "green", "red"];

    public Pictures(int each = 8)
    {
        Folder = Directory.CreateTempSubdirectory("mltransfer-mlnet-").FullName;
        Root = Path.Combine(Folder, "pictures");
        foreach (var label in Labels)
        {
            Directory.CreateDirectory(Path.Combine(Root, label));
            for (var i = 0; i < each; i++)
            {
                File.WriteAllBytes(Path.Combine(Root, label, $"{i}.png"), Png(label, i));
            }
        }

        Count = each * Labels.Length;
    }

    /// <summary>For whatever a test writes.</summary>
    public string Folder { get; }

    /// <summary>One folder a label.</summary>
    public string Root { get; }

    public int Count { get; }

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>All pictures, in natural order.</summary>
    public IEnumerable<string> Files => Labels.SelectMany(label => Enumerable.Range(0, Count / Labels.Length).Select(i => Path.Combine(Root, label, $"{i}.png")));

    public static byte[] Png(string label, int shade) => PngEncoder.Encode(Picture(label, shade));

    public static ImageBuffer Picture(string label, int shade)
    {
        var random = new Random(shade * 31 + label.Length);
        var samples = new byte[9 * 7 * 3];
        random.NextBytes(samples);
        var strong = label switch { "red" => 0, "green" => 1, _ => 2 };
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (byte)(i % 3 == strong ? 120 + samples[i] / 2 : samples[i] / 3);
        }

        return new ImageBuffer(9, 7, 3, samples);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
