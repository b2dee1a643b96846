using System.Text.Json;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Datasets.Tests.Images;

/// <summary>Every file of golden images/decode through every operation whose result is stored, and the stated refusals.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/images/decode")]
public class TensorFlowImageDecoderGoldenTests
{
    public static TheoryData<string> Files() => DecodeGolden.Rows(_ => true);

    public static TheoryData<string> Refusals() =>
        DecodeGolden.Rows(file => file.TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any(error => !IsPillows(error.Name)));

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void File_DecodesAsInTensorFlow(string name)
    {
        Skip.If(name == DecodeGolden.Absent, DecodeGolden.AbsentReason);
        var file = DecodeGolden.Entry(name);
        var bytes = DecodeGolden.Bytes(name);
        var faults = new List<string>();
        foreach (var (key, array) in DecodeGolden.Results(file).Where(result => !IsPillows(result.Key)))
        {
            if (DecodeGolden.Difference(file, array, () => Run(bytes, file, key)) is { } fault)
            {
                faults.Add($"{key}: {fault}");
            }

            if (key == "rgb" && DecodeGolden.Difference(file, array, () => TensorFlowImageDecoder.DecodeImage(bytes, 3)) is { } other)
            {
                faults.Add($"{key} by DecodeImage: {other}");
            }
        }

        if (file.TryGetProperty("decode_png_accepts_gif", out var accepts) && accepts.GetBoolean()
            && DecodeGolden.Difference(file, "frames[0]", () => TensorFlowImageDecoder.DecodePng(bytes, 3)) is { } gif)
        {
            faults.Add($"DecodePng: {gif}");
        }

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    [SkippableTheory]
    [MemberData(nameof(Refusals))]
    public void WhatTensorFlowRefuses_IsRefused(string name)
    {
        Skip.If(name == DecodeGolden.Absent, DecodeGolden.AbsentReason);
        var file = DecodeGolden.Entry(name);
        var bytes = DecodeGolden.Bytes(name);
        foreach (var error in file.GetProperty("errors").EnumerateObject().Where(error => !IsPillows(error.Name)))
        {
            Assert.Throws<ImageFormatException>(() => Run(bytes, file, error.Name));
        }
    }

    /// <summary>Pillow's results belong to the photo reader's tests.</summary>
    private static bool IsPillows(string key) => key.StartsWith("pil_", StringComparison.Ordinal) || key == "exif";

    private static DecodedImage Run(byte[] bytes, JsonElement file, string key) => file.GetProperty("format").GetString() switch
    {
        "jpeg" => RunJpeg(bytes, file, key),
        "png" => RunPng(bytes, key),
        "bmp" when key == "decode_image_rgb" => TensorFlowImageDecoder.DecodeImage(bytes, 3),
        "bmp" => TensorFlowImageDecoder.DecodeBmp(bytes, ChannelsOf(key)),
        "gif" => key switch
        {
            "frames" => TensorFlowImageDecoder.DecodeGif(bytes),
            "first" => TensorFlowImageDecoder.DecodeImage(bytes, expandAnimations: false),
            "decode_png_rgb" => TensorFlowImageDecoder.DecodePng(bytes, 3),
            _ => throw new InvalidDataException($"the test knows no result {key} of a GIF"),
        },
        var format => throw new InvalidDataException($"the test knows no format {format}"),
    };

    private static DecodedImage RunPng(byte[] bytes, string key) => key.StartsWith("u16", StringComparison.Ordinal)
        ? TensorFlowImageDecoder.DecodePng(bytes, key == "u16" ? 0 : ChannelsOf(key[4..]), ImageElementType.UInt16)
        : TensorFlowImageDecoder.DecodePng(bytes, ChannelsOf(key));

    private static DecodedImage RunJpeg(byte[] bytes, JsonElement file, string key)
    {
        var words = key.Split('_');
        var options = new JpegDecodeOptions { Channels = ChannelsOf(words[0]) };
        JpegCrop? crop = null;
        foreach (var word in words.Skip(1))
        {
            switch (word)
            {
                case "accurate":
                    options = options with { Dct = JpegDct.Accurate };
                    break;
                case "nofancy":
                    options = options with { FancyUpsampling = false };
                    break;
                case "crop":
                    var window = file.GetProperty("crop_window").EnumerateArray().Select(number => number.GetInt32()).ToArray();
                    crop = new JpegCrop(window[0], window[1], window[2], window[3]);
                    break;
                case "r2" or "r4" or "r8":
                    options = options with { Ratio = word[1] - '0' };
                    break;
                default:
                    throw new InvalidDataException($"the test knows no result {key} of a JPEG");
            }
        }

        return crop is { } cut ? TensorFlowImageDecoder.DecodeAndCropJpeg(bytes, cut, options) : TensorFlowImageDecoder.DecodeJpeg(bytes, options);
    }

    private static int ChannelsOf(string name) => name switch
    {
        "native" => 0,
        "gray" => 1,
        "rgb" => 3,
        "rgba" => 4,
        _ => throw new InvalidDataException($"the test knows no result {name}"),
    };
}
