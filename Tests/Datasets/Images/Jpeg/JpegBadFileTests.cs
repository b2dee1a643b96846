using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Images.Jpeg;

[Trait("Category", "Golden")]

[Trait("Golden", "golden/images/bad")]
public sealed class JpegBadFileTests
{
    private const string Absent = "no golden/images/bad folder";
    private static readonly string[] Folder = ["golden", "images", "bad"];

    public static TheoryData<string> Files
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var file in JpegGoldenCase.Files(Folder))
            {
                var name = file.GetProperty("file").GetString()!;
                if (name.EndsWith(".jpg", StringComparison.Ordinal))
                {
                    data.Add(name);
                }
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
    public void Decodes_or_refuses_as_TensorFlow_does(string name)
    {
        Skip.If(name == Absent, Absent);
        var file = JpegGoldenCase.Files(Folder).Single(entry => entry.GetProperty("file").GetString() == name);
        var bytes = JpegGoldenCase.Read(Folder, name);
        var faults = new List<string>();
        Check(file, bytes, "tf", new JpegDecodeOptions(), faults);
        Check(file, bytes, "tf_accurate", new JpegDecodeOptions { Dct = JpegDct.Accurate }, faults);
        Check(file, bytes, "tf_recover", new JpegDecodeOptions { TryRecoverTruncated = true }, faults);
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Decodes_or_refuses_as_Pillow_does(string name)
    {
        Skip.If(name == Absent, Absent);
        var file = JpegGoldenCase.Files(Folder).Single(entry => entry.GetProperty("file").GetString() == name);
        var faults = new List<string>();
        Check(file, JpegGoldenCase.Read(Folder, name), "pil", new JpegDecodeOptions { Dct = JpegDct.Accurate, Rules = JpegRules.Pillow }, faults);
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    // Files of other formats under this name are for the sniffing above this decoder; it refuses them.
    private static void Check(JsonElement file, byte[] bytes, string key, JpegDecodeOptions options, List<string> faults)
    {
        var expected = file.GetProperty(key);
        var isDecodable = expected.GetProperty("ok").GetBoolean() && bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]);
        try
        {
            var image = JpegDecoder.Decode(bytes, options);
            if (!isDecodable)
            {
                faults.Add($"{key}: decoded, though {(expected.TryGetProperty("error", out var error) ? error.GetString() : "it is no JPEG")}");
            }
            else if (JpegGoldenCase.Sha256(image) != expected.GetProperty("sha256").GetString())
            {
                faults.Add($"{key}: {Difference(image, expected)}");
            }
        }
        catch (ImageFormatException fault) when (isDecodable)
        {
            faults.Add($"{key}: {fault.Message}");
        }
        catch (ImageFormatException fault)
        {
            Assert.StartsWith("JPEG", fault.Message, StringComparison.Ordinal);
        }
    }

    private static string Difference(ImageBuffer image, JsonElement expected)
    {
        if (!expected.TryGetProperty("pixels", out var pixels))
        {
            return "other pixels";
        }

        using var arrays = new NpzReader(GoldenFolder.At([.. Folder, "pixels.npz"]));
        return JpegGoldenCase.Difference(image, arrays.Read(pixels.GetString()!));
    }
}
