using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>
/// The weights of a convolution at the points of a Toom–Cook scheme, in the order they are read: by panel of output channels, by point, by
/// input channel. Computed in double, rounded once.
/// </summary>
internal sealed unsafe class WinogradFilter : IDisposable
{
    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;
    private readonly NativeBuffer _zeros;

    private WinogradFilter(PackedFilter source, int points, int inChannels)
    {
        Points = points;
        InChannels = inChannels;
        OutChannels = source.OutChannels;
        PanelWidth = source.PanelWidth;
        Panels = source.Panels;
        _weights = NativeBuffer.OfZeros((long)Panels * points * inChannels * PanelWidth);
        _bias = NativeBuffer.OfZeros((long)Panels * PanelWidth);
        _zeros = NativeBuffer.OfZeros(Math.Max(inChannels, PanelWidth));
    }

    /// <summary>Points of the scheme.</summary>
    public int Points { get; }

    /// <summary>Input channels.</summary>
    public int InChannels { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Output channels in a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>Number of panels.</summary>
    public int Panels { get; }

    /// <summary>As many zeros as a panel is wide or a pixel has channels.</summary>
    public float* Zeros => _zeros.Floats;

    /// <summary>Bytes held.</summary>
    public long Bytes => _weights.Bytes + _bias.Bytes + _zeros.Bytes;

    /// <summary>Transforms weights: by <typeparamref name="TRows"/> down the window, by <typeparamref name="TColumns"/> across.</summary>
    /// <param name="source">[rows · columns · inChannels, outChannels], scale included.</param>
    /// <param name="inChannels">Input channels.</param>
    public static WinogradFilter Create<TRows, TColumns>(PackedFilter source, int inChannels)
        where TRows : IToomCook
        where TColumns : IToomCook
    {
        var filter = new WinogradFilter(source, TRows.Points * TColumns.Points, inChannels);
        var rows = WindowMatrix<TRows>();
        var columns = WindowMatrix<TColumns>();
        var width = source.PanelWidth;
        var taps = new double[TRows.Taps * TColumns.Taps * width];
        var between = new double[TRows.Taps * TColumns.Points * width];
        var sums = new double[width];
        for (var panel = 0; panel < source.Panels; panel++)
        {
            new ReadOnlySpan<float>(source.Bias(panel), width).CopyTo(new Span<float>(filter.Bias(panel), width));
            for (var channel = 0; channel < inChannels; channel++)
            {
                for (var i = 0; i < taps.Length; i++)
                {
                    taps[i] = source.Panel(panel)[((((long)(i / width) * inChannels) + channel) * width) + (i % width)];
                }

                for (var i = 0; i < between.Length / width; i++)
                {
                    var line = taps.AsSpan(i / TColumns.Points * TColumns.Taps * width, TColumns.Taps * width);
                    Sum(columns, i % TColumns.Points, line, width, between.AsSpan(i * width, width));
                }

                for (var point = 0; point < filter.Points; point++)
                {
                    Sum(rows, point / TColumns.Points, between.AsSpan(point % TColumns.Points * width), TColumns.Points * width, sums);
                    var target = filter.Panel(panel, point) + ((long)channel * width);
                    for (var i = 0; i < width; i++)
                    {
                        target[i] = (float)sums[i];
                    }
                }
            }
        }

        return filter;
    }

    /// <summary>First weight of a panel at a point.</summary>
    public float* Panel(int panel, int point) => _weights.Floats + ((((long)panel * Points) + point) * InChannels * PanelWidth);

    /// <summary>First bias of a panel.</summary>
    public float* Bias(int panel) => _bias.Floats + ((long)panel * PanelWidth);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
        _zeros.Dispose();
    }

    /// <summary>One row of a matrix times values that lie <paramref name="step"/> apart.</summary>
    private static void Sum(double[,] matrix, int row, ReadOnlySpan<double> values, int step, Span<double> sums)
    {
        sums.Clear();
        for (var tap = 0; tap < matrix.GetLength(1); tap++)
        {
            // A panel is an even number of channels wide.
            var factor = Vector128.Create(matrix[row, tap]);
            var from = MemoryMarshal.Cast<double, Vector128<double>>(values.Slice(tap * step, sums.Length));
            var to = MemoryMarshal.Cast<double, Vector128<double>>(sums);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] += factor * from[i];
            }
        }
    }

    /// <summary>G: powers of each point over the product of its distances from the other points; for infinity the last tap alone.</summary>
    private static double[,] WindowMatrix<TScheme>()
        where TScheme : IToomCook
    {
        var points = TScheme.FinitePoints;
        var matrix = new double[TScheme.Points, TScheme.Taps];
        for (var i = 0; i < points.Length; i++)
        {
            var distances = 1.0;
            for (var other = 0; other < points.Length; other++)
            {
                distances *= other == i ? 1 : points[i] - points[other];
            }

            for (var tap = 0; tap < TScheme.Taps; tap++)
            {
                matrix[i, tap] = Math.Pow(points[i], tap) / distances;
            }
        }

        matrix[TScheme.Points - 1, TScheme.Taps - 1] = 1;
        return matrix;
    }
}
