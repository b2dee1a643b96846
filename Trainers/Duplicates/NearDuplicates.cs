using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Duplicates;

/// <summary>Pairs of rows whose features say that they are pictures of the same thing: copies, other crops, other frames of a series.</summary>
/// <remarks>
/// <para>Such a pair across training and test set is a leak: the head has all but seen the test picture. Similarity is the cosine of whitened features
/// (<see cref="NearDuplicateOptions.DefaultThreshold"/> says how well it separates): plain cosines are high for all pictures of one kind.</para>
/// <para>Every pair is looked at. Of more than 4,096 rows, a bound on 256 axes sorts out most pairs first, and none wrongly. Memory: a float32 copy of the
/// features. The same rows give the same pairs, whatever the number of threads. Stateless, hence thread-safe. Immutable.</para>
/// </remarks>
public sealed record NearDuplicates
{
    private const int BlockRows = 64;

    /// <summary>Fewer features than this give directions that are alike whatever the pictures.</summary>
    private const int FewestColumns = 3;

    /// <summary>Row blocks after which the pairs found are cut back to the most similar ones.</summary>
    private const int WaveBlocks = 64;

    /// <summary>Pairs of two blocks that pass the screen and are looked at one by one; more are multiplied together.</summary>
    private const int MostSingly = BlockRows * BlockRows / 32;

    /// <summary>What float32 products may be short of the cosine by.</summary>
    private const double Slack = 1e-3;

    /// <summary>The pairs, most similar first.</summary>
    public required IReadOnlyList<DuplicatePair> Pairs { get; init; }

    /// <summary>How many there are, kept or not.</summary>
    public required long Total { get; init; }

    /// <summary>The least similarity that counted.</summary>
    public required double Threshold { get; init; }

    /// <summary>Looks for pairs.</summary>
    /// <param name="features">One row a picture; finite numbers.</param>
    /// <param name="options">What counts; null for the defaults.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or there is not one group a row.</exception>
    /// <exception cref="TrainingDataException">A feature is not a finite number; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static NearDuplicates Find(FeatureMatrix features, NearDuplicateOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        options ??= new NearDuplicateOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPairs, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        if (options.Threshold is { } stated && !(stated > 0 && stated <= 1))
        {
            throw new ArgumentException($"The threshold of similarity must be above 0 and at most 1; {options.Threshold} was given.", nameof(options));
        }

        if (!options.Groups.IsEmpty && options.Groups.Length != features.Rows)
        {
            throw new ArgumentException($"{options.Groups.Length} groups were given for {features.Rows} rows.", nameof(options));
        }

        features.ThrowIfNotFinite();
        var threshold = options.ThresholdFor(features.Rows, features.Columns);
        if (features.Rows < 2 || (options.Threshold is null && features.Columns < FewestColumns))
        {
            return new NearDuplicates { Pairs = [], Total = 0, Threshold = threshold };
        }

        using var rows = WhitenedRows.Of(features, options.Threads, cancellation);
        var blocks = (features.Rows + BlockRows - 1) / BlockRows;
        var (kept, total) = (new List<DuplicatePair>(), 0L);
        for (var first = 0; first < blocks; first += WaveBlocks)
        {
            var wave = new (List<DuplicatePair> Pairs, long Total)[Math.Min(WaveBlocks, blocks - first)];
            var start = first;
            FixedOrder.Run(wave.Length, options.Threads, piece => wave[piece] = InBlock(rows, start + piece, threshold, options, cancellation), cancellation);
            foreach (var (pairs, count) in wave)
            {
                kept.AddRange(pairs);
                total += count;
            }

            Trim(kept, options.MaxPairs);
        }

        return new NearDuplicates { Pairs = kept, Total = total, Threshold = threshold };
    }

    /// <summary>Rows that hang together by <see cref="Pairs"/>, directly or over others: the number of each row's group, which is its first row.</summary>
    /// <param name="rows">Number of rows that were searched.</param>
    public int[] Groups(int rows)
    {
        var groups = Enumerable.Range(0, rows).ToArray();
        int First(int row)
        {
            while (groups[row] != row)
            {
                row = groups[row] = groups[groups[row]];
            }

            return row;
        }

        foreach (var pair in Pairs)
        {
            var (a, b) = (First(pair.First), First(pair.Second));
            groups[Math.Max(a, b)] = Math.Min(a, b);
        }

        return [.. Enumerable.Range(0, rows).Select(First)];
    }

    /// <summary>The pairs of one block of rows with itself and the rows after it.</summary>
    private static unsafe (List<DuplicatePair> Pairs, long Total) InBlock(WhitenedRows rows, int block, double threshold, NearDuplicateOptions options, CancellationToken cancellation)
    {
        var (pairs, total) = (new List<DuplicatePair>(), 0L);
        var groups = options.Groups.Span;
        var first = block * BlockRows;
        var count = Math.Min(BlockRows, rows.Count - first);
        using var products = new AlignedBuffer<double>(BlockRows * BlockRows);
        for (var second = first; second < rows.Count; second += BlockRows)
        {
            cancellation.ThrowIfCancellationRequested();
            var others = Math.Min(BlockRows, rows.Count - second);
            Multiply(rows.Screen, rows.ScreenStride, rows.ScreenColumns, first, count, second, others, products.Pointer);
            if (rows.IsScreened && Passing(products.Pointer, threshold) > MostSingly)
            {
                Multiply(rows.Rows, rows.Stride, PaddedRows.Columns(rows.Columns), first, count, second, others, products.Pointer);
            }

            for (var a = 0; a < count; a++)
            {
                for (var b = second == first ? a + 1 : 0; b < others; b++)
                {
                    if (products.Pointer[(a * BlockRows) + b] < threshold - Slack
                        || (!groups.IsEmpty && groups[first + a] == groups[second + b]))
                    {
                        continue;
                    }

                    var similarity = rows.Cosine(first + a, second + b);
                    if (similarity < threshold)
                    {
                        continue;
                    }

                    pairs.Add(new DuplicatePair(first + a, second + b, similarity));
                    total++;
                    if (pairs.Count >= 2L * options.MaxPairs)
                    {
                        Trim(pairs, options.MaxPairs);
                    }
                }
            }
        }

        Trim(pairs, options.MaxPairs);
        return (pairs, total);
    }

    private static unsafe void Multiply(float* rows, int stride, int columns, int first, int count, int second, int others, double* products)
    {
        new Span<double>(products, BlockRows * BlockRows).Clear();
        LinearKernels.Forward(rows + ((long)first * stride), stride, count + (count & 1), columns, rows + ((long)second * stride), stride, others, products, BlockRows);
    }

    private static unsafe int Passing(double* products, double threshold)
    {
        var passing = 0;
        for (var i = 0; i < BlockRows * BlockRows; i++)
        {
            passing += products[i] >= threshold - Slack ? 1 : 0;
        }

        return passing;
    }

    private static void Trim(List<DuplicatePair> pairs, int most)
    {
        pairs.Sort();
        if (pairs.Count > most)
        {
            pairs.RemoveRange(most, pairs.Count - most);
        }
    }
}
