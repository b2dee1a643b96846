using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Tests.Images.Bmp;
using MlTransfer.Datasets.Tests.Images.Gif;
using MlTransfer.Datasets.Tests.Images.Png;

namespace MlTransfer.Datasets.Tests.Images;

/// <summary>Thousands of seeded mutants of good files: each is decoded or refused as an image fault, never anything else.</summary>
public class MutationTests
{
    private const int MutantsOfAFile = 1500;

    public static TheoryData<string> Bases() => [.. BaseFiles().Keys];

    [Theory]
    [MemberData(nameof(Bases))]
    public void Mutants_AreDecodedOrRefused(string name)
    {
        var original = BaseFiles()[name];
        Assert.NotNull(PhotoReader.Read(original));
        var random = new Random(name.Length * 7919);
        var decoded = 0;
        for (var i = 0; i < MutantsOfAFile; i++)
        {
            var mutant = Mutate(original, random);
            if (name.StartsWith("png", StringComparison.Ordinal) && i % 4 != 0)
            {
                PngBuilder.RepairChecksums(mutant);
            }

            decoded += Survives(() => PhotoReader.Read(mutant, new PhotoReadOptions { MaxPixels = 1 << 20, ApplyExifOrientation = true }).Samples) ? 1 : 0;
            Survives(() => TensorFlowImageDecoder.DecodeImage(mutant, i % 2 * 3).Elements);
        }

        Assert.InRange(decoded, 1, MutantsOfAFile - 1);
    }

    private static bool Survives(Func<Array> decode)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Assert.NotEmpty(decode());
            return true;
        }
        catch (ImageFormatException refusal)
        {
            Assert.False(string.IsNullOrWhiteSpace(refusal.Message));
            return false;
        }
        finally
        {
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var mutant = original.ToArray();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(mutant.Length);
            mutant[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(mutant[at] ^ (1 << random.Next(8))),
                _ => random.Next(2) == 0 ? (byte)0 : (byte)255,
            };
        }

        return random.Next(5) switch
        {
            0 => mutant[..random.Next(mutant.Length)],
            1 => [.. mutant, .. mutant[random.Next(mutant.Length)..]],
            _ => mutant,
        };
    }

    private static Dictionary<string, byte[]> BaseFiles()
    {
        var random = new Random(5);
        var rows = new byte[12 * 37];
        random.NextBytes(rows);
        for (var y = 0; y < 12; y++)
        {
            rows[y * 37] = (byte)(y % 5);
        }

        var adam7 = new byte[400];
        byte[] colours = [1, 2, 3, 40, 50, 60, 70, 80, 90, 200, 210, 220];
        var noise = new byte[64];
        random.NextBytes(noise);
        return new Dictionary<string, byte[]>
        {
            ["png rgb"] = new PngBuilder().Header(12, 12, 8, 2).Chunk("gAMA", 0, 0, 0xB1, 0x8F).Data(rows).End(),
            ["png adam7 rgba 16"] = new PngBuilder().Header(7, 6, 16, 6, 1).Data(adam7).End(),
            ["png palette"] = new PngBuilder().Header(9, 5, 2, 3).Chunk("PLTE", colours).Chunk("tRNS", 9, 8).Data(new byte[20]).End(),
            ["bmp 24"] = BmpBuilder.Windows(5, 4, 24, 0, [], noise),
            ["bmp palette"] = BmpBuilder.Windows(6, 4, 4, 0, BmpBuilder.Palette(colours), noise[..16], 4),
            ["bmp run lengths"] = BmpBuilder.Windows(5, 3, 8, 1, BmpBuilder.Palette(colours), [2, 1, 0, 3, 1, 2, 3, 0, 0, 0, 1, 2, 0, 2, 1, 1, 1, 3, 0, 1], 4),
            ["gif"] = GifBuilder.File(3, 2, 0, GifBuilder.Frame(0, 0, 3, 2, -1, 0, 1, 2, 3, 2, 1), GifBuilder.Frame(1, 1, 2, 1, 1, 1, 3)),
        };
    }
}
