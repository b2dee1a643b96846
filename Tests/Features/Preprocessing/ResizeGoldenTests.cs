using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Images;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Preprocessing;

/// <summary>
/// The cases of golden images/resize that the resize methods here stand for, bit for bit: bilinear and nearest of TensorFlow in every
/// coordinate mode, and Pillow's filters as Keras' load_img uses them.
/// </summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/images/resize")]
public class ResizeGoldenTests
{
    private static readonly Lazy<Dictionary<string, JsonElement>> Sources = new(() =>
        GoldenFolder.Index("golden", "images", "resize", "index.json") is { } index
            ? index.GetProperty("sources").EnumerateArray().ToDictionary(source => source.GetProperty("npz").GetString()!)
            : []);

    public static TheoryData<string, string> Cases()
    {
        var rows = new TheoryData<string, string>();
        foreach (var (npz, source) in Sources.Value)
        {
            foreach (var item in source.GetProperty("cases").EnumerateArray().Where(IsOurs))
            {
                rows.Add(npz, item.GetProperty("key").GetString()!);
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
        Skip.If(npz.Length == 0, $"{GoldenFolder.Root} has no golden/images/resize.");
        var source = Sources.Value[npz];
        var item = source.GetProperty("cases").EnumerateArray().Single(entry => entry.GetProperty("key").GetString() == key);
        var photo = PhotoReader.Read(File.ReadAllBytes(GoldenFolder.At("golden", "images", "resize", source.GetProperty("source").GetString()!)));
        var shape = item.GetProperty("out").EnumerateArray().Select(extent => extent.GetInt32()).ToArray();
        var result = Text(item, "op") is "keras.load_img" or "PIL.resize_box" ? Pillow(photo, item, shape) : TensorFlow(photo, item, shape);

        using var arrays = new NpzReader(GoldenFolder.At("golden", "images", "resize", npz));
        var expected = arrays.Read(key);
        var rowBytes = result.Length / shape[0];
        var step = item.GetProperty("row_step").GetInt32();
        for (var row = 0; row < expected.Shape[0]; row++)
        {
            Assert.Equal(expected.Data.AsSpan(row * rowBytes, rowBytes), result.AsSpan(row * step * rowBytes, rowBytes));
        }

        Assert.Equal(item.GetProperty("sha256_full").GetString(), Convert.ToHexStringLower(SHA256.HashData(result)));
    }

    private static bool IsOurs(JsonElement item) => Text(item, "op") switch
    {
        "raw.ResizeBilinear" or "raw.ResizeNearestNeighbor" or "keras.load_img" or "PIL.resize_box" => true,
        "tf.image.resize" => (Text(item, "method") == "bilinear" && !Flag(item, "antialias")) || Text(item, "method") == "nearest",
        "keras.Resizing" => Text(item, "interpolation") is "bilinear" or "nearest" && !Flag(item, "crop_to_aspect_ratio") && !Flag(item, "pad_to_aspect_ratio"),
        _ => false,
    };

    private static byte[] TensorFlow(ImageBuffer photo, JsonElement item, int[] shape)
    {
        var mode = Text(item, "op") is "tf.image.resize" or "keras.Resizing" || Flag(item, "half_pixel_centers") ? CoordinateMode.HalfPixel
            : Flag(item, "align_corners") ? CoordinateMode.AlignCorners
            : CoordinateMode.Legacy;
        var method = Text(item, "op") switch
        {
            "raw.ResizeBilinear" => "bilinear",
            "raw.ResizeNearestNeighbor" => "nearest",
            "keras.Resizing" => Text(item, "interpolation"),
            _ => Text(item, "method"),
        };
        var length = shape[0] * shape[1] * shape[2];
        if (method == "nearest")
        {
            var nearest = new byte[length];
            TensorFlowNearest.Resize(photo.Samples, photo.Height, photo.Width, 3, nearest, shape[0], shape[1], mode);
            return Text(item, "dtype") == "uint8" ? nearest : Bytes(Array.ConvertAll(nearest, sample => (float)sample));
        }

        var numbers = new float[length];
        if (item.TryGetProperty("input", out _))
        {
            var converted = Array.ConvertAll(photo.Samples, sample => (float)sample);
            PixelScaler.Apply(PixelScaling.ZeroOneMultiplied, converted);
            TensorFlowBilinear.Resize<float>(converted, photo.Height, photo.Width, 3, numbers, shape[0], shape[1], mode);
        }
        else
        {
            TensorFlowBilinear.Resize<byte>(photo.Samples, photo.Height, photo.Width, 3, numbers, shape[0], shape[1], mode);
        }

        return Bytes(numbers);
    }

    private static byte[] Pillow(ImageBuffer photo, JsonElement item, int[] shape)
    {
        var filter = Enum.Parse<PillowFilter>(Text(item, "interpolation")!, ignoreCase: true);
        if (item.TryGetProperty("color_mode", out var colour))
        {
            Assert.Equal("grayscale", colour.GetString());
            photo = GrayConversion.ToGray(photo);
        }

        ResizeBox? box = Flag(item, "keep_aspect_ratio") ? ResizeBox.CentredWithAspectOf(photo.Width, photo.Height, shape[1], shape[0]) : null;
        if (item.TryGetProperty("box", out var edges))
        {
            var numbers = edges.EnumerateArray().Select(edge => edge.GetSingle()).ToArray();
            box = new ResizeBox(numbers[0], numbers[1], numbers[2], numbers[3]);
        }

        return PillowResizer.Resize(photo, shape[1], shape[0], filter, box).Samples;
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool Flag(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.GetBoolean();

    private static byte[] Bytes(float[] numbers) => MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
}
