using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Preprocessing;

/// <summary>Every case of golden images/preprocess: bit for bit, but for per_image_standardization (sums in another order).</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/images/preprocess")]
public class PixelScalingGoldenTests
{
    public static TheoryData<string, string> Cases()
    {
        var rows = new TheoryData<string, string>();
        foreach (var file in GoldenFolder.Index("golden", "images", "preprocess", "index.json")?.GetProperty("files").EnumerateArray().ToArray() ?? [])
        {
            foreach (var item in file.GetProperty("cases").EnumerateArray())
            {
                rows.Add(file.GetProperty("npz").GetString()!, item.GetProperty("key").GetString()!);
            }
        }

        if (rows.Count == 0)
        {
            rows.Add("", "");
        }

        return rows;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Case_GivesTheSameNumbers(string npz, string key)
    {
        Skip.If(npz.Length == 0, $"{GoldenFolder.Root} has no golden/images/preprocess.");
        var files = GoldenFolder.Index("golden", "images", "preprocess", "index.json")!.Value.GetProperty("files").EnumerateArray();
        var file = files.Single(entry => entry.GetProperty("npz").GetString() == npz);
        var item = file.GetProperty("cases").EnumerateArray().Single(entry => entry.GetProperty("key").GetString() == key);
        using var arrays = new NpzReader(GoldenFolder.At("golden", "images", "preprocess", npz));
        var input = arrays.Read(file.GetProperty("input").GetString()!);
        var expected = arrays.Read(key);

        if (expected.Descr == "|u1")
        {
            var bytes = new byte[expected.Count];
            PixelScaler.ToBytesSaturating(input.AsSpan<float>(), bytes);
            Assert.Equal(expected.Data, bytes);
            return;
        }

        var samples = input.Descr == "|u1" ? Array.ConvertAll(input.Data, sample => (float)sample) : input.AsSpan<float>().ToArray();
        var images = input.Shape.Count == 4 ? input.Shape[0] : 1;
        var channelsFirst = item.TryGetProperty("data_format", out var format) && format.GetString() == "channels_first";
        var scaling = ScalingOf(item);
        var length = samples.Length / images;
        for (var image = 0; image < images; image++)
        {
            var one = samples.AsSpan(image * length, length);
            if (channelsFirst)
            {
                ToPlanes(one);
                PixelScaler.ApplyChannelsFirst(scaling, one);
            }
            else
            {
                PixelScaler.Apply(scaling, one);
            }
        }

        if (scaling == PixelScaling.PerImageStandardization)
        {
            var worst = samples.Zip(expected.AsSpan<float>().ToArray(), (ours, theirs) => Math.Abs(ours - theirs)).Max();
            Assert.True(worst <= 2e-6, $"{npz} {key}: differs by {worst}");
            return;
        }

        Assert.Equal(expected.AsSpan<float>().ToArray(), samples);
    }

    private static PixelScaling ScalingOf(JsonElement item)
    {
        if (item.TryGetProperty("mode", out var mode))
        {
            return mode.GetString() switch
            {
                "tf" => PixelScaling.Inception,
                "caffe" => PixelScaling.Caffe,
                "torch" => PixelScaling.Torch,
                var other => throw new InvalidDataException($"no mode {other} is known to this test"),
            };
        }

        return item.GetProperty("key").GetString() switch
        {
            "sub128_div128" or "sub128_mul" => PixelScaling.Subtract128,
            "sub127_5_div127_5" => PixelScaling.Subtract127AndHalf,
            "sub0_mul_1_255" or "rescaling_1_255" or "convert_image_dtype" => PixelScaling.ZeroOneMultiplied,
            "div255" => PixelScaling.ZeroOne,
            "rescaling_127_5" => PixelScaling.InceptionRescaling,
            "inception_sub_mul" => PixelScaling.InceptionSlim,
            "per_image_standardization" => PixelScaling.PerImageStandardization,
            var other => throw new InvalidDataException($"no case {other} is known to this test"),
        };
    }

    private static void ToPlanes(Span<float> image)
    {
        var interleaved = image.ToArray();
        var plane = image.Length / 3;
        for (var i = 0; i < interleaved.Length; i++)
        {
            image[(i % 3 * plane) + (i / 3)] = interleaved[i];
        }
    }
}
