using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Images;

/// <summary>TensorFlow's operations that read image files inside a graph, quirks included.</summary>
internal static class DecodeOperations
{
    private static readonly string[] s_jpegAttributes =
    [
        "channels: int = 0", "ratio: int = 1", "fancy_upscaling: bool = true", "try_recover_truncated: bool = false",
        "acceptable_fraction: float = 1.0", "dct_method: string = ''",
    ];

    private delegate DecodedImage Decoder(ReadOnlySpan<byte> contents);

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "DecodeJpeg(contents: string) -> (image: uint8)",
            s_jpegAttributes,
            context =>
            {
                var options = JpegOptions(context);
                return Decode(context, contents => TensorFlowImageDecoder.DecodeJpeg(contents, options));
            }),
        OperationDefinition.Define(
            "DecodeAndCropJpeg(contents: string, crop_window: int32) -> (image: uint8)",
            s_jpegAttributes,
            context =>
            {
                var (options, window) = (JpegOptions(context), Window(context));
                return Decode(context, contents => TensorFlowImageDecoder.DecodeAndCropJpeg(contents, window, options));
            }),
        OperationDefinition.Define(
            "ExtractJpegShape(contents: string) -> (image_shape: output_type)", ["output_type: {int32, int64} = int32"], ExtractJpegShape),
        OperationDefinition.Define(
            "DecodePng(contents: string) -> (image: dtype)",
            ["channels: int = 0", "dtype: {uint8, uint16} = uint8"],
            context =>
            {
                var (channels, type) = (Channels(context), ElementType(context));
                return Decode(context, contents => TensorFlowImageDecoder.DecodePng(contents, channels, type));
            }),
        OperationDefinition.Define(
            "DecodeBmp(contents: string) -> (image: uint8)",
            ["channels: int = 0"],
            context =>
            {
                var channels = Channels(context);
                return Decode(context, contents => TensorFlowImageDecoder.DecodeBmp(contents, channels));
            }),
        OperationDefinition.Define("DecodeGif(contents: string) -> (image: uint8)", [], context => Decode(context, TensorFlowImageDecoder.DecodeGif)),
        OperationDefinition.Define(
            "DecodeImage(contents: string) -> (image: dtype)",
            ["channels: int = 0", "dtype: {uint8, uint16, float} = uint8", "expand_animations: bool = true"],
            context =>
            {
                var (channels, type, expand) = (Channels(context), ElementType(context), context.Bool("expand_animations"));
                return Decode(context, contents => TensorFlowImageDecoder.DecodeImage(contents, channels, type, expand));
            }),
    ];

    private static Tensor[] Decode(OperationContext context, Decoder decode)
    {
        try
        {
            var image = decode(Contents(context));
            return [Tensor.From(new TensorShape([.. image.Shape]), image.Elements)];
        }
        catch (ImageFormatException fault)
        {
            throw new OperationException(context.Fail($"the image can not be decoded: {fault.Message}").Message, fault);
        }
    }

    private static Tensor[] ExtractJpegShape(OperationContext context)
    {
        try
        {
            var info = JpegDecoder.ReadInfo(Contents(context));
            return [WideElements.Write<long>(context.Type("output_type"), new TensorShape(3), [info.Height, info.Width, info.Components])];
        }
        catch (ImageFormatException fault)
        {
            throw new OperationException(context.Fail($"the image can not be read: {fault.Message}").Message, fault);
        }
    }

    private static ReadOnlySpan<byte> Contents(OperationContext context)
    {
        var contents = context.Inputs[0];
        return contents.Shape.Rank == 0
            ? contents.AsSpan<byte[]>()[0]
            : throw context.Fail($"contents has shape {contents.Shape}; a scalar, the bytes of one file, is expected");
    }

    private static int Channels(OperationContext context)
    {
        var channels = context.Int("channels");
        return channels is 0 or 1 or 3 or 4 ? (int)channels : throw context.Fail($"channels is {channels}; 0, 1, 3 or 4 is expected");
    }

    private static ImageElementType ElementType(OperationContext context) => context.Type("dtype") switch
    {
        DataType.UInt16 => ImageElementType.UInt16,
        DataType.Float32 => ImageElementType.Float32,
        _ => ImageElementType.UInt8,
    };

    private static JpegDecodeOptions JpegOptions(OperationContext context)
    {
        var ratio = context.Int("ratio");
        return new JpegDecodeOptions
        {
            Channels = Channels(context),
            Ratio = ratio is 1 or 2 or 4 or 8 ? (int)ratio : throw context.Fail($"ratio is {ratio}; 1, 2, 4 or 8 is expected"),
            FancyUpsampling = context.Bool("fancy_upscaling"),
            TryRecoverTruncated = context.Bool("try_recover_truncated"),
            AcceptableFraction = context.Float("acceptable_fraction"),
            Dct = context.Text("dct_method") switch
            {
                "" or "INTEGER_FAST" => JpegDct.Fast,
                "INTEGER_ACCURATE" => JpegDct.Accurate,
                var other => throw context.Fail($"dct_method is '{other}'; nothing, INTEGER_FAST or INTEGER_ACCURATE is expected"),
            },
        };
    }

    private static JpegCrop Window(OperationContext context)
    {
        var window = context.Inputs[1];
        return window.Shape.Rank == 1 && window.Count == 4
            ? new JpegCrop(window.AsSpan<int>()[0], window.AsSpan<int>()[1], window.AsSpan<int>()[2], window.AsSpan<int>()[3])
            : throw context.Fail($"crop_window has shape {window.Shape}; [4], first row, first column, height and width, is expected");
    }
}
