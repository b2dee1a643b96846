using System.Security.Cryptography;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Images.Jpeg;

/// <summary>Reads the index of decoded images and says which options a result's name stands for.</summary>
internal static class JpegGoldenCase
{
    public static readonly string[] Folder = ["golden", "images", "decode"];

    public static JsonElement[] Files(string[] folder) =>
        GoldenFolder.Index([.. folder, "index.json"]) is { } index ? index.GetProperty("files").EnumerateArray().ToArray() : [];

    public static byte[] Read(string[] folder, string file) => File.ReadAllBytes(GoldenFolder.At([.. folder, file]));

    /// <summary>The options that give a result such as "rgb_r2_accurate"; null for results that are not the decoder's alone.</summary>
    public static JpegDecodeOptions? Options(string name, JsonElement file)
    {
        if (name == "pil_rgb")
        {
            return new JpegDecodeOptions { Dct = JpegDct.Accurate, Rules = JpegRules.Pillow };
        }

        var words = name.Split('_');
        var options = words[0] switch
        {
            "rgb" => new JpegDecodeOptions(),
            "gray" => new JpegDecodeOptions { Channels = 1 },
            "native" => new JpegDecodeOptions { Channels = 0 },
            _ => null,
        };
        foreach (var word in words.Skip(1))
        {
            options = word switch
            {
                "accurate" => options! with { Dct = JpegDct.Accurate },
                "nofancy" => options! with { FancyUpsampling = false },
                "r2" => options! with { Ratio = 2 },
                "r4" => options! with { Ratio = 4 },
                "r8" => options! with { Ratio = 8 },
                "crop" => options! with { Crop = Window(file) },
                _ => null,
            };
            if (options is null)
            {
                return null;
            }
        }

        return options;
    }

    public static string Sha256(ImageBuffer image) => Convert.ToHexStringLower(SHA256.HashData(image.Samples));

    /// <summary>What differs, for the failure's message.</summary>
    public static string Difference(ImageBuffer actual, NpyArray expected)
    {
        var wanted = expected.AsSpan<byte>();
        if (wanted.Length != actual.Samples.Length)
        {
            return $"{actual.Samples.Length} samples instead of {wanted.Length}";
        }

        int count = 0, most = 0, first = -1;
        for (var i = 0; i < wanted.Length; i++)
        {
            var difference = Math.Abs(wanted[i] - actual.Samples[i]);
            if (difference != 0)
            {
                count++;
                most = Math.Max(most, difference);
                first = first < 0 ? i : first;
            }
        }

        var pixel = first / actual.Channels;
        return $"{count} of {wanted.Length} samples differ, by at most {most}; first at row {pixel / actual.Width}, column {pixel % actual.Width}";
    }

    private static JpegCrop Window(JsonElement file)
    {
        var window = file.GetProperty("crop_window").EnumerateArray().Select(number => number.GetInt32()).ToArray();
        return new JpegCrop(window[0], window[1], window[2], window[3]);
    }
}
