namespace MlTransfer.Features.Engines.Managed.Kernels.Quantized;

/// <summary>One pixel × 8 channels, one product at a time: the reference, and the form for processors without AVX2.</summary>
internal readonly unsafe struct QuantizedTileScalar : IQuantizedTile
{
    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Columns => 8;

    /// <inheritdoc/>
    public static void Run(byte* bytes, nint pitch, sbyte* weights, nint groups, int* sums)
    {
        new Span<int>(sums, Columns).Clear();
        for (nint group = 0; group < groups; group++)
        {
            for (var column = 0; column < Columns; column++)
            {
                for (var i = 0; i < QuantizedFilter.Group; i++)
                {
                    sums[column] += bytes[i] * *weights++;
                }
            }

            bytes += QuantizedFilter.Group;
        }
    }
}
