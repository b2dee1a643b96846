namespace MlTransfer.Features.Preprocessing;

/// <summary>Two horizontally stretched rows, so that an input row that serves several output rows is stretched once.</summary>
internal ref struct BilinearRowCache(Span<float> scratch, int rowLength)
{
    private readonly Span<float> _first = scratch[..rowLength];
    private readonly Span<float> _second = scratch.Slice(rowLength, rowLength);
    private int _inFirst = -1;
    private int _inSecond = -1;

    /// <summary>Whether a row must be made; then <paramref name="target"/> is where, and the row counts as made.</summary>
    /// <param name="row">The wanted input row.</param>
    /// <param name="keep">A row that must not be overwritten, if it is there.</param>
    /// <param name="target">The place for the row, empty when it is there already.</param>
    public bool Miss(int row, int keep, out Span<float> target)
    {
        if (row == _inFirst || row == _inSecond)
        {
            target = default;
            return false;
        }

        var useFirst = row == keep ? _inFirst <= _inSecond : _inFirst != keep;
        if (useFirst)
        {
            _inFirst = row;
            target = _first;
        }
        else
        {
            _inSecond = row;
            target = _second;
        }

        return true;
    }

    /// <summary>A row that has been made.</summary>
    public readonly ReadOnlySpan<float> Row(int row) => row == _inFirst ? _first : _second;
}
