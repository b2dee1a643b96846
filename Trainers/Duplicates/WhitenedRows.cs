using MlTransfer.Trainers.Decomposition;
using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Duplicates;

/// <summary>
/// Features as directions in which being close means being of one picture: less their mean, the strongest axes (what kind of thing it is, which many pictures
/// share) shrunk to the variance of the weaker ones, scaled to length 1.
/// </summary>
/// <remarks>Source of whitening for image search: Jégou and Chum, Negative evidences and co-occurences in image retrieval, ECCV 2012.</remarks>
internal sealed unsafe class WhitenedRows : IDisposable
{
    /// <summary>Axes that are shrunk, at most; and at most one for so many rows, since few rows say little about variance.</summary>
    private const int MostAxes = 64;
    private const int RowsAnAxis = 8;

    /// <summary>Axes that the screening keeps.</summary>
    private const int ScreenAxes = 256;

    /// <summary>From this many rows on, screening on a few axes pays.</summary>
    private const int FewestScreenedRows = 4096;

    private const int BlockRows = 64;

    /// <summary>A row this close to the mean, as a share of its own length, has no direction.</summary>
    private const double NoDirection = 1e-6;

    private const double Rounding = 1e-6;

    private readonly AlignedBuffer<float> _rows;
    private readonly AlignedBuffer<float>? _screen;

    private WhitenedRows(AlignedBuffer<float> rows, AlignedBuffer<float>? screen, int count, int columns)
    {
        _rows = rows;
        _screen = screen;
        Count = count;
        Columns = columns;
        Stride = PaddedRows.Stride(columns);
        ScreenColumns = PaddedRows.Columns(screen is null ? columns : ScreenAxes + 1);
        ScreenStride = screen is null ? Stride : PaddedRows.Stride(ScreenAxes + 1);
    }

    public int Count { get; }

    public int Columns { get; }

    public int Stride { get; }

    /// <summary>
    /// A shorter vector a row whose products are never below the cosine: its parts along the strongest axes, and the length of what is left
    /// (Cauchy and Schwarz). The rows themselves where there are few.
    /// </summary>
    public float* Screen => _screen is null ? _rows.Pointer : _screen.Pointer;

    /// <summary>The rows themselves, of length 1.</summary>
    public float* Rows => _rows.Pointer;

    /// <summary>Whether <see cref="Screen"/> is shorter than the rows.</summary>
    public bool IsScreened => _screen is not null;

    public int ScreenStride { get; }

    public int ScreenColumns { get; }

    public static WhitenedRows Of(FeatureMatrix features, int threads, CancellationToken cancellation)
    {
        var screened = features.Rows > FewestScreenedRows && features.Columns > 2 * ScreenAxes;
        var shrunk = Math.Min(MostAxes, features.Rows / RowsAnAxis);
        var axes = PrincipalAxes.Of(features, screened ? ScreenAxes : shrunk + 1, threads, cancellation);
        shrunk = Math.Min(shrunk, axes.Axes.Length);
        var factors = new double[shrunk];
        for (var a = 0; a < shrunk; a++)
        {
            factors[a] = Math.Sqrt(axes.Variances[Math.Min(shrunk, axes.Variances.Length - 1)] / axes.Variances[a]) - 1;
        }

        var stride = PaddedRows.Stride(features.Columns);
        var evenRows = features.Rows + (features.Rows & 1);
        var rows = new AlignedBuffer<float>((long)evenRows * stride);
        var screen = screened ? new AlignedBuffer<float>((long)evenRows * PaddedRows.Stride(ScreenAxes + 1)) : null;

        // The mean of two rows lies between them and would make opposites of them.
        var mean = features.Rows > 2 ? axes.Mean : new float[features.Columns];
        FixedOrder.Run(
            (features.Rows + BlockRows - 1) / BlockRows,
            threads,
            block =>
            {
                var work = new double[features.Columns];
                for (var row = block * BlockRows; row < Math.Min(features.Rows, (block + 1) * BlockRows); row++)
                {
                    var target = new Span<float>(rows.Pointer + ((long)row * stride), features.Columns);
                    Whiten(features.Row(row), mean, axes, factors, work, target);
                    if (screen is not null)
                    {
                        Shorten(work, axes, new Span<float>(screen.Pointer + ((long)row * PaddedRows.Stride(ScreenAxes + 1)), ScreenAxes + 1));
                    }
                }
            },
            cancellation);
        return new WhitenedRows(rows, screen, features.Rows, features.Columns);
    }

    /// <summary>The cosine of two rows, in float64; 1 where nothing but the rounding of their lengths is between them.</summary>
    public double Cosine(int first, int second)
    {
        var cosine = DoubleKernels.Dot(Row(first), Row(second));
        return cosine > 1 - Rounding ? 1 : cosine;
    }

    public void Dispose()
    {
        _rows.Dispose();
        _screen?.Dispose();
    }

    private static void Whiten(ReadOnlySpan<float> features, float[] mean, PrincipalAxes axes, double[] factors, double[] work, Span<float> target)
    {
        var before = 0.0;
        for (var d = 0; d < work.Length; d++)
        {
            work[d] = (double)features[d] - mean[d];
            before += (double)features[d] * features[d];
        }

        if (DoubleKernels.Dot(work, work) <= NoDirection * NoDirection * before)
        {
            Array.Clear(work);
            target.Clear();
            return;
        }

        Span<double> parts = stackalloc double[factors.Length];
        for (var a = 0; a < factors.Length; a++)
        {
            parts[a] = DoubleKernels.Dot(axes.Axes[a], work);
        }

        for (var a = 0; a < factors.Length; a++)
        {
            DoubleKernels.AddScaled(factors[a] * parts[a], axes.Axes[a], work);
        }

        var length = Math.Sqrt(DoubleKernels.Dot(work, work));
        for (var d = 0; d < work.Length; d++)
        {
            work[d] /= length;
        }

        DoubleKernels.Round(work, target);
    }

    private static void Shorten(double[] whitened, PrincipalAxes axes, Span<float> target)
    {
        var left = DoubleKernels.Dot(whitened, whitened);
        for (var a = 0; a < axes.Axes.Length; a++)
        {
            var part = DoubleKernels.Dot(axes.Axes[a], whitened);
            target[a] = (float)part;
            left -= part * part;
        }

        target[ScreenAxes] = (float)Math.Sqrt(Math.Max(0, left));
    }

    private ReadOnlySpan<float> Row(int row) => new(_rows.Pointer + ((long)row * Stride), Columns);
}
