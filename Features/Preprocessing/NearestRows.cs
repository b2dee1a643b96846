namespace MlTransfer.Features.Preprocessing;

/// <summary>Copies whole pixels from chosen columns of chosen rows.</summary>
internal static class NearestRows
{
    /// <summary>destination[y][x] = source[rows[y]][columns[x]].</summary>
    /// <param name="source">The image.</param>
    /// <param name="rowLength">Elements of an input row.</param>
    /// <param name="channels">Elements a pixel.</param>
    /// <param name="columns">Input column of each output column.</param>
    /// <param name="rows">Input row of each output row.</param>
    /// <param name="destination">The result, row by row.</param>
    public static void Gather<T>(
        ReadOnlySpan<T> source, int rowLength, int channels, ReadOnlySpan<int> columns, ReadOnlySpan<int> rows, Span<T> destination)
        where T : unmanaged
    {
        var outputRow = columns.Length * channels;
        for (var y = 0; y < rows.Length; y++)
        {
            var output = destination.Slice(y * outputRow, outputRow);
            if (y > 0 && rows[y] == rows[y - 1])
            {
                destination.Slice((y - 1) * outputRow, outputRow).CopyTo(output);
                continue;
            }

            var row = source.Slice(rows[y] * rowLength, rowLength);
            if (channels == 3)
            {
                for (var x = 0; x < columns.Length; x++)
                {
                    var pixel = row.Slice(columns[x] * 3, 3);
                    var to = output.Slice(x * 3, 3);
                    to[0] = pixel[0];
                    to[1] = pixel[1];
                    to[2] = pixel[2];
                }

                continue;
            }

            for (var x = 0; x < columns.Length; x++)
            {
                row.Slice(columns[x] * channels, channels).CopyTo(output[(x * channels)..]);
            }
        }
    }
}
