using System.Security.Cryptography;
using System.Text.Json;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Images;

/// <summary>Every malformed file of golden images/bad: decoded exactly as TensorFlow does, or refused with a reason; soon, and in bounded memory.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/images/bad")]
public class BadImageGoldenTests
{
    private const long MaxAllocated = 256L << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Lazy<Dictionary<string, JsonElement>> Index = new(() =>
        GoldenFolder.Index("golden", "images", "bad", "index.json") is { } index
            ? index.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("file").GetString()!)
            : []);

    public static TheoryData<string> Files() => Index.Value.Count == 0 ? [DecodeGolden.Absent] : [.. Index.Value.Keys];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Operation_DecodesOrRefusesAsTensorFlow(string name)
    {
        Skip.If(name == DecodeGolden.Absent, $"{GoldenFolder.Root} has no golden/images/bad.");
        var file = Index.Value[name];
        var bytes = File.ReadAllBytes(GoldenFolder.At("golden", "images", "bad", name));
        var faults = new List<string>();
        foreach (var result in file.EnumerateObject().Where(property => property.Name.StartsWith("tf", StringComparison.Ordinal)))
        {
            var (image, refusal) = Guarded(() => Run(bytes, name, result.Name));
            var ok = result.Value.GetProperty("ok").GetBoolean();
            var fault = (ok, image) switch
            {
                // Formats that are not decoded here at all are refused by name.
                (true, null) when ImageFormats.Detect(bytes) > ImageFormat.Gif && refusal.Contains(ImageFormats.NameOf(ImageFormats.Detect(bytes)), StringComparison.Ordinal) => null,
                (true, null) => $"refused ({refusal}), TensorFlow decodes it",
                (false, not null) => $"decoded, TensorFlow refuses it: {result.Value.GetProperty("error").GetString()}",
                (true, not null) when !Equals(image, result.Value) => "other pixels than TensorFlow's",
                _ => null,
            };
            if (fault is not null)
            {
                faults.Add($"{result.Name}: {fault}");
            }
        }

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Photo_IsWhatTensorFlowOrPillowGives_OrIsRefused(string name)
    {
        Skip.If(name == DecodeGolden.Absent, $"{GoldenFolder.Root} has no golden/images/bad.");
        var file = Index.Value[name];
        var bytes = File.ReadAllBytes(GoldenFolder.At("golden", "images", "bad", name));
        foreach (var dct in new[] { JpegDct.Fast, JpegDct.Accurate })
        {
            var (image, refusal) = Guarded(() =>
            {
                var photo = PhotoReader.Read(bytes, new PhotoReadOptions { Dct = dct, ApplyExifOrientation = true });
                return new DecodedImage(photo.Samples, photo.Height, photo.Width, photo.Channels);
            });
            if (image is null)
            {
                Assert.False(string.IsNullOrWhiteSpace(refusal));
                continue;
            }

            var accepted = file.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object && property.Value.GetProperty("ok").GetBoolean());
            Assert.Contains(accepted, result => Sha256(image) == result.Value.GetProperty("sha256").GetString());
        }
    }

    private static (DecodedImage? Image, string Refusal) Guarded(Func<DecodedImage> decode)
    {
        var allocated = 0L;
        var task = Task.Run<(DecodedImage?, string)>(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                return (decode(), "");
            }
            catch (ImageFormatException refusal)
            {
                return (null, refusal.Message);
            }
            finally
            {
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }
        });
        Assert.True(task.Wait(Patience), "the decoder did not return");
        Assert.True(allocated < MaxAllocated, $"{allocated} bytes were allocated");
        return task.Result;
    }

    private static DecodedImage Run(byte[] bytes, string name, string key)
    {
        var jpeg = new JpegDecodeOptions
        {
            Dct = key == "tf_accurate" ? JpegDct.Accurate : JpegDct.Fast,
            TryRecoverTruncated = key == "tf_recover",
        };
        return (key, Path.GetExtension(name)) switch
        {
            ("tf_decode_image", _) => TensorFlowImageDecoder.DecodeImage(bytes, 3, expandAnimations: false),
            (_, ".jpg") => TensorFlowImageDecoder.DecodeJpeg(bytes, jpeg),
            (_, ".png") => TensorFlowImageDecoder.DecodePng(bytes, 3),
            (_, ".gif") => TensorFlowImageDecoder.DecodeGif(bytes),
            (_, ".bmp") => TensorFlowImageDecoder.DecodeBmp(bytes, 3),
            _ => throw new InvalidDataException($"the test knows no operation for {name}"),
        };
    }

    private static bool Equals(DecodedImage image, JsonElement expected) =>
        expected.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()).SequenceEqual(image.Shape)
        && Sha256(image) == expected.GetProperty("sha256").GetString();

    private static string Sha256(DecodedImage image) => Convert.ToHexStringLower(SHA256.HashData((byte[])image.Elements));
}
