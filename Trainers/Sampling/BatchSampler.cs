namespace MlTransfer.Trainers.Sampling;

/// <summary>Gives the rows of one batch after the other.</summary>
internal sealed class BatchSampler
{
    private readonly BatchSampling _sampling;
    private readonly SeededRandom _random;
    private readonly int[][] _rowsOf;
    private readonly int _rows;
    private readonly int[] _order;
    private int _next;

    public BatchSampler(BatchSampling sampling, PresentClasses classes, SeededRandom random)
    {
        _sampling = sampling;
        _random = random;
        _rows = classes.RowLabels.Length;
        _order = sampling == BatchSampling.ClassThenRow ? [] : [.. Enumerable.Range(0, _rows)];
        _rowsOf = new int[classes.Count][];
        var filled = new int[classes.Count];
        for (var c = 0; c < _rowsOf.Length; c++)
        {
            _rowsOf[c] = new int[classes.RowsOf[c]];
        }

        for (var r = 0; r < _rows; r++)
        {
            var label = classes.RowLabels[r];
            _rowsOf[label][filled[label]++] = r;
        }
    }

    /// <summary>Fills <paramref name="batch"/> and returns how many rows it holds: fewer only at the end of an epoch, unless rows are drawn with replacement.</summary>
    public int Next(Span<int> batch)
    {
        if (_sampling == BatchSampling.ClassThenRow)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                var rows = _rowsOf[_random.Next(_rowsOf.Length)];
                batch[i] = rows[_random.Next(rows.Length)];
            }

            return batch.Length;
        }

        if (_next == 0 && _sampling == BatchSampling.Shuffled)
        {
            _random.Shuffle(_order);
        }

        var count = Math.Min(batch.Length, _rows - _next);
        _order.AsSpan(_next, count).CopyTo(batch);
        _next = (_next + count) % _rows;
        return count;
    }
}
