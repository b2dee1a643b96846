using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Images;

/// <summary>Cuts boxes out of images and brings them to one size.</summary>
/// <remarks>Source: TensorFlow, crop_and_resize_op; positions in float as there.</remarks>
internal static class CropOperations
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "CropAndResize(image: T, boxes: float, box_ind: int32, crop_size: int32) -> (crops: float)",
            [
                "T: {uint8, uint16, int8, int16, int32, int64, half, float, double}", "method: {'bilinear', 'nearest'} = 'bilinear'",
                "extrapolation_value: float = 0",
            ],
            context => [CropAndResize(context)]),
    ];

    private static Tensor CropAndResize(OperationContext context)
    {
        var (image, boxes, indices, size) = (context.Inputs[0].Shape, context.Inputs[1], context.Inputs[2], context.Inputs[3]);
        if (image.Rank != 4 || image[1] == 0 || image[2] == 0)
        {
            throw context.Fail($"the image has shape {image}; [batch, height, width, channels], neither height nor width 0, is expected");
        }

        if (size.Shape.Rank != 1 || size.Count != 2 || size.AsSpan<int>()[0] <= 0 || size.AsSpan<int>()[1] <= 0)
        {
            throw context.Fail($"crop_size has shape {size.Shape} and values {string.Join(",", size.AsSpan<int>().ToArray())}; a positive height and width are expected");
        }

        if (boxes.Shape.Rank != 2 || boxes.Shape[1] != 4 || indices.Shape.Rank != 1 || indices.Count != boxes.Shape[0])
        {
            throw context.Fail($"boxes has shape {boxes.Shape} and box_ind {indices.Shape}; [boxes, 4] and [boxes] are expected");
        }

        var (height, width) = (size.AsSpan<int>()[0], size.AsSpan<int>()[1]);
        var result = Tensor.Zeros(DataType.Float32, context.Shape(indices.Count, height, width, image[3]));
        var values = WideElements.Read<float>(context.Inputs[0]);
        var imageLength = image[1] * image[2] * image[3];
        var cropLength = height * width * image[3];
        for (var box = 0; box < indices.Count; box++)
        {
            var index = indices.AsSpan<int>()[box];
            if (index < 0 || index >= image[0])
            {
                throw context.Fail($"box_ind[{box}] is {index}; 0 to {image[0] - 1} is expected for a batch of {image[0]}");
            }

            Crop(
                context,
                values.AsSpan(index * imageLength, imageLength),
                image,
                boxes.AsSpan<float>().Slice(box * 4, 4),
                result.AsSpan<float>().Slice(box * cropLength, cropLength),
                height,
                width);
        }

        return result;
    }

    private static void Crop(
        OperationContext context, ReadOnlySpan<float> image, TensorShape shape, ReadOnlySpan<float> box, Span<float> crop, int height, int width)
    {
        var nearest = context.Text("method") == "nearest";
        var channels = shape[3];
        for (var place = 0; place < height * width; place++)
        {
            var pixel = crop.Slice(place * channels, channels);
            var y = Position(box[0], box[2], place / width, height, shape[1]);
            var x = Position(box[1], box[3], place % width, width, shape[2]);
            if (!(y >= 0 && y <= shape[1] - 1 && x >= 0 && x <= shape[2] - 1))
            {
                pixel.Fill(context.Float("extrapolation_value"));
                continue;
            }

            if (nearest)
            {
                var row = (int)MathF.Round(y, MidpointRounding.AwayFromZero);
                var column = (int)MathF.Round(x, MidpointRounding.AwayFromZero);
                image.Slice(((row * shape[2]) + column) * channels, channels).CopyTo(pixel);
                continue;
            }

            var (top, bottom, left, right) = ((int)MathF.Floor(y), (int)MathF.Ceiling(y), (int)MathF.Floor(x), (int)MathF.Ceiling(x));
            var (down, across) = (y - top, x - left);
            for (var channel = 0; channel < channels; channel++)
            {
                var above = Mix(image[(((top * shape[2]) + left) * channels) + channel], image[(((top * shape[2]) + right) * channels) + channel], across);
                var below = Mix(image[(((bottom * shape[2]) + left) * channels) + channel], image[(((bottom * shape[2]) + right) * channels) + channel], across);
                pixel[channel] = Mix(above, below, down);
            }
        }
    }

    /// <summary>Where a place of the crop lies in the image; a crop of one place takes the middle of the box.</summary>
    private static float Position(float start, float end, int place, int count, int extent)
    {
        if (count == 1)
        {
            return 0.5f * (start + end) * (extent - 1);
        }

        var step = (end - start) * (extent - 1) / (count - 1);
        return (start * (extent - 1)) + (place * step);
    }

    private static float Mix(float from, float to, float weight) => from + ((to - from) * weight);
}
