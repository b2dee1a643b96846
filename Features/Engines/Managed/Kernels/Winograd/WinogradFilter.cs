using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>
/// The weights of a convolution at the points of a Toom–Cook scheme, in the order they are read: by panel of output channels, by point, by
/// input channel. Computed in double, rounded once.
/// </summary>
internal sealed unsafe class WinogradFilter : IPanelFilter, IDisposable
{
    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;
    private readonly NativeBuffer _zeros;
    private readonly double[][] _rows;
    private readonly double[][] _columns;
    private WeightMatrix? _source;
    private int _unfilled;

    private WinogradFilter(WeightMatrix source, ReadOnlySpan<float> bias, double[][] rows, double[][] columns, int inChannels, int panelWidth)
    {
        _source = source;
        _rows = rows;
        _columns = columns;
        Points = rows.Length * columns.Length;
        InChannels = inChannels;
        OutChannels = source.Columns;
        PanelWidth = panelWidth;
        Panels = (OutChannels + panelWidth - 1) / panelWidth;
        _unfilled = Panels;
        _weights = new NativeBuffer((long)Panels * Points * inChannels * PanelWidth * sizeof(float));
        _bias = NativeBuffer.OfZeros((long)Panels * PanelWidth);
        bias.CopyTo(new Span<float>(_bias.Floats, Panels * panelWidth));
        _zeros = NativeBuffer.OfZeros(Math.Max(inChannels, PanelWidth));
    }

    /// <summary>Points of the scheme.</summary>
    public int Points { get; }

    /// <summary>Input channels.</summary>
    public int InChannels { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Output channels in a panel, an even number.</summary>
    public int PanelWidth { get; }

    /// <inheritdoc/>
    public int Panels { get; }

    /// <summary>As many zeros as a panel is wide or a pixel has channels.</summary>
    public float* Zeros => _zeros.Floats;

    /// <summary>Bytes held.</summary>
    public long Bytes => _weights.Bytes + _bias.Bytes + _zeros.Bytes;

    /// <inheritdoc/>
    public int ScratchBytes => ((_rows[0].Length * (_columns[0].Length + _columns.Length)) + 1) * PanelWidth * sizeof(double);

    /// <summary>Makes room for weights of a scheme, <typeparamref name="TRows"/> down the window and <typeparamref name="TColumns"/> across; the panels are still to be filled.</summary>
    /// <param name="source">[rows · columns · inChannels, outChannels], scale included.</param>
    /// <param name="bias">Bias for each output channel.</param>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="panelWidth">Columns of a tile.</param>
    public static WinogradFilter Create<TRows, TColumns>(WeightMatrix source, ReadOnlySpan<float> bias, int inChannels, int panelWidth)
        where TRows : IToomCook
        where TColumns : IToomCook =>
        new(source, bias, WindowMatrix(TRows.FinitePoints, TRows.Taps), WindowMatrix(TColumns.FinitePoints, TColumns.Taps), inChannels, panelWidth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(int panel, void* scratch)
    {
        var source = _source!;
        var (width, first) = (PanelWidth, panel * PanelWidth);
        var present = Math.Min(width, OutChannels - first);
        var (tapRows, tapColumns) = (_rows[0].Length, _columns[0].Length);
        var taps = (double*)scratch;
        var between = taps + (tapRows * tapColumns * width);
        var row = (float*)(between + (tapRows * _columns.Length * width));
        new Span<float>(row, width).Clear();
        var weights = Panel(panel, 0);
        nint pointStep = (nint)InChannels * width;
        for (var channel = 0; channel < InChannels; channel++)
        {
            for (var tap = 0; tap < tapRows * tapColumns; tap++)
            {
                source.Read((tap * InChannels) + channel, first, new Span<float>(row, present));
                Widen(row, taps + (tap * width), width);
            }

            for (var y = 0; y < tapRows; y++)
            {
                for (var x = 0; x < _columns.Length; x++)
                {
                    Combine(_columns[x], taps + (y * tapColumns * width), width, between + (((y * _columns.Length) + x) * width), width);
                }
            }

            for (var y = 0; y < _rows.Length; y++)
            {
                for (var x = 0; x < _columns.Length; x++)
                {
                    // The taps are not needed any more: their place takes the sums.
                    Combine(_rows[y], between + (x * width), _columns.Length * width, taps, width);
                    Narrow(taps, weights + (((y * _columns.Length) + x) * pointStep) + ((nint)channel * width), width);
                }
            }
        }

        if (Interlocked.Decrement(ref _unfilled) == 0)
        {
            _source = null;
        }
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

    /// <summary>Values that lie <paramref name="step"/> apart, each times its factor, summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(double[] factors, double* values, nint step, double* sums, int width)
    {
        var i = 0;
        for (; i + Vector512<double>.Count <= width; i += Vector512<double>.Count)
        {
            var sum = Vector512<double>.Zero;
            var from = values + i;
            foreach (var factor in factors)
            {
                sum += Vector512.Create(factor) * Vector512.Load(from);
                from += step;
            }

            sum.Store(sums + i);
        }

        for (; i < width; i++)
        {
            var sum = 0.0;
            for (var tap = 0; tap < factors.Length; tap++)
            {
                sum += factors[tap] * values[(tap * step) + i];
            }

            sums[i] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(float* from, double* to, int width)
    {
        var i = 0;
        for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(from + i));
            low.Store(to + i);
            high.Store(to + i + Vector256<double>.Count);
        }

        for (; i < width; i++)
        {
            to[i] = from[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(double* from, float* to, int width)
    {
        var i = 0;
        for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
        {
            Vector256.Narrow(Vector256.Load(from + i), Vector256.Load(from + i + Vector256<double>.Count)).Store(to + i);
        }

        for (; i < width; i++)
        {
            to[i] = (float)from[i];
        }
    }

    /// <summary>G: powers of each point over the product of its distances from the other points; for infinity, which is last, the last tap alone.</summary>
    private static double[][] WindowMatrix(ReadOnlySpan<double> points, int taps)
    {
        var matrix = new double[points.Length + 1][];
        for (var i = 0; i < points.Length; i++)
        {
            var distances = 1.0;
            for (var other = 0; other < points.Length; other++)
            {
                distances *= other == i ? 1 : points[i] - points[other];
            }

            matrix[i] = new double[taps];
            for (var tap = 0; tap < taps; tap++)
            {
                matrix[i][tap] = Math.Pow(points[i], tap) / distances;
            }
        }

        matrix[^1] = new double[taps];
        matrix[^1][taps - 1] = 1;
        return matrix;
    }
}
