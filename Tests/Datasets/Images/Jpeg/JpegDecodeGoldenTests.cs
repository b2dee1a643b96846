using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Images.Jpeg;

[Trait("Category", "Golden")]

[Trait("Golden", "golden/images/decode")]
public sealed class JpegDecodeGoldenTests
{
    private const string Absent = "no golden/images/decode folder";

    public static TheoryData<string> Files => Select(_ => true);

    public static TheoryData<string> FilesWithErrors => Select(file => file.TryGetProperty("errors", out var _));

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Decodes_every_pixel_as_TensorFlow_and_Pillow_do(string name)
    {
        Skip.If(name == Absent, Absent);
        var file = JpegGoldenCase.Files(JpegGoldenCase.Folder).Single(entry => entry.GetProperty("file").GetString() == name);
        var bytes = JpegGoldenCase.Read(JpegGoldenCase.Folder, name);
        var expected = Results(file);
        using var arrays = new NpzReader(GoldenFolder.At([.. JpegGoldenCase.Folder, file.GetProperty("npz").GetString()!]));
        var faults = new List<string>();
        var compared = 0;
        foreach (var (result, array) in expected)
        {
            if (JpegGoldenCase.Options(result, file) is not { } options)
            {
                continue;
            }

            compared++;
            var stored = file.GetProperty("arrays").GetProperty(array);
            try
            {
                var image = JpegDecoder.Decode(bytes, options);
                var shape = stored.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()).ToArray();
                if (!shape.SequenceEqual([image.Height, image.Width, image.Channels]))
                {
                    faults.Add($"{result}: shape {image.Height} x {image.Width} x {image.Channels} instead of {string.Join(" x ", shape)}");
                }
                else if (JpegGoldenCase.Sha256(image) != stored.GetProperty("sha256").GetString())
                {
                    faults.Add($"{result}: {JpegGoldenCase.Difference(image, arrays.Read(array))}");
                }
            }
            catch (ImageFormatException fault)
            {
                faults.Add($"{result}: {fault.Message}");
            }
        }

        Assert.True(compared > 0, "the index states no result of the decoder for this file");
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    [SkippableTheory]
    [MemberData(nameof(FilesWithErrors))]
    public void Refuses_what_TensorFlow_refuses(string name)
    {
        Skip.If(name == Absent, Absent);
        var file = JpegGoldenCase.Files(JpegGoldenCase.Folder).Single(entry => entry.GetProperty("file").GetString() == name);
        var bytes = JpegGoldenCase.Read(JpegGoldenCase.Folder, name);
        foreach (var error in file.GetProperty("errors").EnumerateObject())
        {
            if (JpegGoldenCase.Options(error.Name, file) is { } options)
            {
                Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(bytes, options));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Reads_the_headers(string name)
    {
        Skip.If(name == Absent, Absent);
        var file = JpegGoldenCase.Files(JpegGoldenCase.Folder).Single(entry => entry.GetProperty("file").GetString() == name);
        var info = JpegDecoder.ReadInfo(JpegGoldenCase.Read(JpegGoldenCase.Folder, name));
        Assert.Equal(file.GetProperty("width").GetInt32(), info.Width);
        Assert.Equal(file.GetProperty("height").GetInt32(), info.Height);
        Assert.Equal(file.GetProperty("components").GetInt32(), info.Components);
        Assert.Equal(file.GetProperty("sof").GetString() is "SOF2" or "SOF10", info.Progressive);
        Assert.Equal(file.GetProperty("sof").GetString() is "SOF9" or "SOF10", info.Arithmetic);
    }

    private static TheoryData<string> Select(Func<JsonElement, bool> isWanted)
    {
        var data = new TheoryData<string>();
        foreach (var file in JpegGoldenCase.Files(JpegGoldenCase.Folder))
        {
            if (file.GetProperty("format").GetString() == "jpeg" && isWanted(file))
            {
                data.Add(file.GetProperty("file").GetString()!);
            }
        }

        if (data.Count == 0)
        {
            data.Add(Absent);
        }

        return data;
    }

    private static List<(string Result, string Array)> Results(JsonElement file)
    {
        var results = file.GetProperty("arrays").EnumerateObject().Select(array => (array.Name, array.Name)).ToList();
        if (file.TryGetProperty("same_as", out var same))
        {
            results.AddRange(same.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!)));
        }

        return results;
    }
}
