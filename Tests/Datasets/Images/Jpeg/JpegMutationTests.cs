using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Datasets.Tests.Images.Jpeg;

/// <summary>Damaged files, made the same way in every run: each is decoded or refused with the decoder's own error, and none takes long.</summary>
[Trait("Category", "Golden")]
public sealed class JpegMutationTests
{
    private const string Absent = "no golden/images/decode folder";
    private const int MutationsPerFile = 60;

    // A few files of each coding process, chosen by what the index says of them.
    public static TheoryData<string> Files
    {
        get
        {
            var data = new TheoryData<string>();
            var chosen = JpegGoldenCase.Files(JpegGoldenCase.Folder)
                .Where(file => file.GetProperty("format").GetString() == "jpeg")
                .GroupBy(file => (file.GetProperty("sof").GetString(), file.GetProperty("components").GetInt32(), file.GetProperty("sampling").ToString()))
                .Select(group => group.First().GetProperty("file").GetString()!);
            foreach (var file in chosen)
            {
                data.Add(file);
            }

            if (data.Count == 0)
            {
                data.Add(Absent);
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Damage_gives_pixels_or_the_decoders_error(string name)
    {
        Skip.If(name == Absent, Absent);
        var original = JpegGoldenCase.Read(JpegGoldenCase.Folder, name);
        var random = new Random(original.Length);
        var outcomes = new List<bool>();
        for (var i = 0; i < MutationsPerFile; i++)
        {
            outcomes.Add(TryDecode(Damage(original, random), i));
        }

        Assert.Equal(MutationsPerFile, outcomes.Count);
        Assert.Contains(false, outcomes);
    }

    [Fact]
    public void Huge_pictures_in_tiny_files_are_refused_before_memory_is_taken()
    {
        byte[] file =
        [
            0xFF, 0xD8, 0xFF, 0xC2, 0, 17, 8, 0x36, 0xB0, 0x36, 0xB0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0,
            0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0, 0xFF, 0xD9,
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var huge = Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(file));
        Assert.Contains("samples", huge.Message, StringComparison.Ordinal);
        file[7] = file[9] = 0x20;
        var implausible = Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(file));
        Assert.Contains("cannot hold", implausible.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Endless_scans_over_a_large_picture_are_refused_soon()
    {
        // A gray progressive picture of 4096 x 4096: 262,144 blocks a scan, each of the scans two bytes of data long.
        byte[] head =
        [
            0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64),
            0xFF, 0xC2, 0, 11, 8, 0x10, 0, 0x10, 0, 1, 1, 0x11, 0,
            0xFF, 0xC4, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0, 0];
        var file = head.Concat(Enumerable.Repeat(scan, 5000).SelectMany(bytes => bytes)).Concat<byte>([0xFF, 0xD9]).ToArray();
        var fault = Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(file));
        Assert.Contains("scans", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_pixels_than_asked_for_are_refused()
    {
        byte[] file =
        [
            0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 100, 0, 100, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0xFF, 0xD9,
        ];
        var fault = Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(file, new JpegDecodeOptions { MaxPixels = 9999 }));
        Assert.Contains("MaxPixels", fault.Message, StringComparison.Ordinal);
    }

    private static bool TryDecode(byte[] file, int round)
    {
        var options = new JpegDecodeOptions
        {
            Channels = round % 3 == 0 ? 0 : 3,
            Dct = round % 2 == 0 ? JpegDct.Fast : JpegDct.Accurate,
            Ratio = 1 << (round % 4),
            FancyUpsampling = round % 5 != 0,
            TryRecoverTruncated = round % 2 == 1,
            MaxPixels = 1 << 22,
        };
        try
        {
            var image = JpegDecoder.Decode(file, options);
            Assert.Equal((long)image.Width * image.Height * image.Channels, image.Samples.LongLength);
            return true;
        }
        catch (ImageFormatException)
        {
            return false;
        }
    }

    private static byte[] Damage(byte[] original, Random random)
    {
        var file = original.ToArray();
        switch (random.Next(4))
        {
            case 0:
                return file[..random.Next(1, file.Length)];
            case 1:
                for (var flips = random.Next(1, 8); flips > 0; flips--)
                {
                    file[random.Next(2, file.Length)] ^= (byte)(1 << random.Next(8));
                }

                return file;
            case 2:
                var at = random.Next(2, file.Length - 1);
                file[at] = 0xFF;
                file[at + 1] = (byte)random.Next(0xC0, 0x100);
                return file;
            default:
                var from = random.Next(2, file.Length);
                var to = Math.Min(file.Length, from + random.Next(1, 40));
                return [.. file[..from], .. file[to..]];
        }
    }
}
