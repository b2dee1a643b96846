using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Images;

/// <summary>Resamples images in NHWC along both axes with the same weights for every image and channel; sums are taken in double.</summary>
internal static class SeparableResampling
{
    /// <summary>Resamples a batch of any element type to float.</summary>
    public static Tensor Apply(OperationContext context, Tensor images, AxisWeights rows, AxisWeights columns)
    {
        var shape = images.Shape;
        var (batch, channels) = (shape[0], shape[3]);
        var result = context.Shape(batch, rows.Places.Count, columns.Places.Count, channels);
        var values = WideElements.Read<double>(images);
        var inputRow = columns.Input * channels;
        var outputRow = columns.Places.Count * channels;
        var mixed = new double[inputRow];
        var sums = new double[result.Count];
        for (var image = 0; image < batch; image++)
        {
            for (var y = 0; y < rows.Places.Count; y++)
            {
                Array.Clear(mixed);
                foreach (var (row, weight) in rows.Places[y])
                {
                    WideElements.AddScaled(mixed, values.AsSpan(((image * rows.Input) + row) * inputRow, inputRow), weight);
                }

                var output = sums.AsSpan(((image * rows.Places.Count) + y) * outputRow, outputRow);
                for (var x = 0; x < columns.Places.Count; x++)
                {
                    foreach (var (column, weight) in columns.Places[x])
                    {
                        WideElements.AddScaled(output.Slice(x * channels, channels), mixed.AsSpan(column * channels, channels), weight);
                    }
                }
            }
        }

        return WideElements.Write(DataType.Float32, result, sums);
    }
}
