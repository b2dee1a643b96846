using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Datasets.Tests.Images;

/// <summary>
/// Every file of golden images/decode as a photo: as Pillow gives it with the accurate DCT, as TensorFlow with the fast one. (pil_rgba holds
/// alpha, which a photo here does not have; of pil_frames the first counts.)
/// </summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/images/decode")]
public class PhotoReaderGoldenTests
{
    public static TheoryData<string> Photos() => DecodeGolden.Rows(file => DecodeGolden.Has(file, "pil_rgb") || DecodeGolden.Has(file, "pil_frames"));

    public static TheoryData<string> WithExif() => DecodeGolden.Rows(file => DecodeGolden.Has(file, "exif"));

    public static TheoryData<string> Jpegs() => DecodeGolden.Rows(file => file.GetProperty("format").GetString() == "jpeg");

    [SkippableTheory]
    [MemberData(nameof(Photos))]
    public void Photo_IsAsInPillow(string name)
    {
        Skip.If(name == DecodeGolden.Absent, DecodeGolden.AbsentReason);
        var file = DecodeGolden.Entry(name);
        var frames = DecodeGolden.Has(file, "pil_frames");
        var array = DecodeGolden.Results(file).Single(result => result.Key == (frames ? "pil_frames" : "pil_rgb")).Array;
        Compare(name, frames ? array + "[0]" : array, new PhotoReadOptions { Dct = JpegDct.Accurate });
    }

    [SkippableTheory]
    [MemberData(nameof(WithExif))]
    public void ExifOrientation_IsAppliedAsInPillow(string name)
    {
        Skip.If(name == DecodeGolden.Absent, DecodeGolden.AbsentReason);
        var array = DecodeGolden.Results(DecodeGolden.Entry(name)).Single(result => result.Key == "exif").Array;
        Compare(name, array, new PhotoReadOptions { Dct = JpegDct.Accurate, ApplyExifOrientation = true });
    }

    [SkippableTheory]
    [MemberData(nameof(Jpegs))]
    public void Jpeg_IsByDefaultAsInTensorFlow(string name)
    {
        Skip.If(name == DecodeGolden.Absent, DecodeGolden.AbsentReason);
        var array = DecodeGolden.Results(DecodeGolden.Entry(name)).Single(result => result.Key == "rgb").Array;
        Compare(name, array, null);
    }

    private static void Compare(string name, string array, PhotoReadOptions? options)
    {
        var photo = PhotoReader.Read(DecodeGolden.Bytes(name), options);
        var difference = DecodeGolden.Difference(DecodeGolden.Entry(name), array, [photo.Height, photo.Width, photo.Channels], photo.Samples);
        Assert.True(difference is null, difference);
    }
}
