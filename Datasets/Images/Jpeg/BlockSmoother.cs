namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// Estimates the lowest AC coefficients of a progressive file whose detail has not arrived from the DC values of 5 × 5 blocks
/// (libjpeg-turbo 2.1 and later, jdcoefct.c; the idea is ITU-T T.81, K.8), so that blocks do not show.
/// </summary>
internal sealed unsafe class BlockSmoother
{
    // Coefficients that are estimated: place in natural order, by index in coding order.
    private const int Known = 10;

    private readonly CoefficientPlane _plane;
    private readonly FrameComponent _component;
    private readonly JpegFrame _frame;
    private readonly JpegRules _rules;
    private readonly int[] _bits;
    private readonly int[] _previousBits = new int[Known];
    private readonly short* _block;

    private BlockSmoother(JpegFrame frame, FrameComponent component, CoefficientPlane plane, JpegRules rules, NativeArena arena)
    {
        _frame = frame;
        _component = component;
        _plane = plane;
        _rules = rules;
        _block = arena.Allocate<short>(64);
        _bits = component.CoefficientBits[..Known];
        for (var i = 1; i < Known; i++)
        {
            _previousBits[i] = frame.ScanCount > 1 ? component.PreviousCoefficientBits[i] : -1;
        }
    }

    /// <summary>A smoother for each component when smoothing is of use, otherwise null.</summary>
    public static BlockSmoother[]? TryMake(JpegFrame frame, CoefficientPlane[] planes, JpegRules rules, NativeArena arena)
    {
        if (!frame.Progressive)
        {
            return null;
        }

        var isUseful = false;
        foreach (var component in frame.Components)
        {
            if (component.QuantTable is not { } table || component.CoefficientBits[0] < 0)
            {
                return null;
            }

            for (var i = 0; i < Known; i++)
            {
                if (table[ZigZag.NaturalOrder[i]] == 0)
                {
                    return null;
                }

                isUseful |= i > 0 && component.CoefficientBits[i] != 0;
            }
        }

        return isUseful
            ? frame.Components.Select(component => new BlockSmoother(frame, component, planes[component.Index], rules, arena)).ToArray()
            : null;
    }

    /// <summary>Smooths and transforms one row of blocks of the row <paramref name="interleavedRow"/> of interleaved MCUs.</summary>
    /// <param name="interleavedRow">Row of MCUs.</param>
    /// <param name="blockRow">Row of blocks within it.</param>
    /// <param name="blockRows">Rows of blocks that the component has in it.</param>
    /// <param name="lastGoodRow">Last row of MCUs whose data in the last scan are complete.</param>
    /// <param name="transform">The inverse DCT.</param>
    /// <param name="output">Where the first sample goes.</param>
    /// <param name="stride">Bytes from row to row of samples.</param>
    public void Run(int interleavedRow, int blockRow, int blockRows, int lastGoodRow, BlockTransform transform, byte* output, nint stride)
    {
        var bits = interleavedRow > lastGoodRow ? _previousBits : _bits;
        var changesDc = true;
        for (var i = 1; i < Known; i++)
        {
            changesDc &= bits[i] == -1;
        }

        var row = (interleavedRow * _component.V) + blockRow;
        var rows = stackalloc int[5];
        ChooseRows(interleavedRow, blockRow, blockRows, row, rows);

        // dc[5·y + x]: the DC values around the current block, which is 12.
        var dc = stackalloc int[25];
        int first = _component.FirstBlock, last = _component.LastBlock, lastColumn = _component.WidthInBlocks - 1;
        for (var y = 0; y < 5; y++)
        {
            new Span<int>(dc + (5 * y), 5).Fill(_plane.Block(rows[y], first)[0]);
        }

        for (var column = first; column <= last; column++, output += _component.DctSize)
        {
            for (var y = 0; y < 5; y++)
            {
                if (column == first && column < lastColumn)
                {
                    dc[(5 * y) + 3] = _plane.Block(rows[y], column + 1)[0];
                    if (_rules == JpegRules.Pillow)
                    {
                        dc[(5 * y) + 4] = dc[(5 * y) + 3];
                    }
                }

                if (column + 1 < lastColumn)
                {
                    dc[(5 * y) + 4] = _plane.Block(rows[y], column + 2)[0];
                }
            }

            new ReadOnlySpan<short>(_plane.Block(row, column), 64).CopyTo(new Span<short>(_block, 64));
            Estimate(dc, bits, changesDc);
            transform.Run(_block, output, stride);
            for (var y = 0; y < 5; y++)
            {
                new ReadOnlySpan<int>(dc + (5 * y) + 1, 4).CopyTo(new Span<int>(dc + (5 * y), 4));
            }
        }
    }

    // Which rows of blocks stand for the two above and the two below: at the picture's edges a nearer row stands in. Version 2.1 (TensorFlow)
    // takes the place within the row of MCUs for the place in the picture, so nearer rows stand in more often when MCUs are two blocks high.
    private void ChooseRows(int interleavedRow, int blockRow, int blockRows, int row, int* rows)
    {
        var lastRow = _frame.InterleavedRows - 1;
        bool hasAbove, hasTwoAbove, hasBelow, hasTwoBelow;
        if (_rules == JpegRules.Pillow)
        {
            var imageRow = (interleavedRow * blockRows) + blockRow;
            var imageRows = blockRows * _frame.InterleavedRows;
            hasAbove = imageRow > 0;
            hasTwoAbove = imageRow > 1;
            hasBelow = imageRow < imageRows - 1;
            hasTwoBelow = imageRow < imageRows - 2;
        }
        else
        {
            hasAbove = blockRow > 0 || interleavedRow > 0;
            hasTwoAbove = blockRow > 1 || interleavedRow > 1;
            hasBelow = blockRow < blockRows - 1 || interleavedRow < lastRow;
            hasTwoBelow = blockRow < blockRows - 2 || interleavedRow + 1 < lastRow;
        }

        rows[2] = row;
        rows[1] = hasAbove ? row - 1 : row;
        rows[0] = hasTwoAbove ? row - 2 : rows[1];
        rows[3] = hasBelow ? Math.Min(row + 1, _plane.Rows - 1) : row;
        rows[4] = hasTwoBelow ? Math.Min(row + 2, _plane.Rows - 1) : rows[3];
    }

    private void Estimate(int* dc, int[] bits, bool changesDc)
    {
        if (changesDc)
        {
            Set(1, 1, bits, dc, [-1, -1, 0, 1, 1, -3, 13, 0, -13, 3, -3, 38, 0, -38, 3, -3, 13, 0, -13, 3, -1, -1, 0, 1, 1]);
            Set(2, 8, bits, dc, [-1, -3, -3, -3, -1, -1, 13, 38, 13, -1, 0, 0, 0, 0, 0, 1, -13, -38, -13, 1, 1, 3, 3, 3, 1]);
            Set(3, 16, bits, dc, [0, 0, 1, 0, 0, 0, 2, 7, 2, 0, 0, -5, -14, -5, 0, 0, 2, 7, 2, 0, 0, 0, 1, 0, 0]);
            Set(4, 9, bits, dc, [-1, 0, 0, 0, 1, 0, 9, 0, -9, 0, 0, 0, 0, 0, 0, 0, -9, 0, 9, 0, 1, 0, 0, 0, -1]);
            Set(5, 2, bits, dc, [0, 0, 0, 0, 0, 0, 2, -5, 2, 0, 1, 7, -14, 7, 1, 0, 2, -5, 2, 0, 0, 0, 0, 0, 0]);
            Set(6, 3, bits, dc, [0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, 2, 0, -2, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0]);
            Set(7, 10, bits, dc, [0, 0, 0, 0, 0, 0, 1, -3, 1, 0, 0, 0, 0, 0, 0, 0, -1, 3, -1, 0, 0, 0, 0, 0, 0]);
            Set(8, 17, bits, dc, [0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, -3, 0, 3, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0]);
            Set(9, 24, bits, dc, [0, 0, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, -1, -2, -1, 0, 0, 0, 0, 0, 0]);
            var sum = Weigh(dc, (ReadOnlySpan<short>)[-2, -6, -8, -6, -2, -6, 6, 42, 6, -6, -8, 42, 152, 42, -8, -6, 6, 42, 6, -6, -2, -6, -8, -6, -2]);
            var q00 = (long)_component.QuantTable![0];
            _block[0] = (short)Predict(q00 * sum, q00, 0);
        }
        else
        {
            Set(1, 1, bits, dc, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -7, 50, 0, -50, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            Set(2, 8, bits, dc, [0, 0, -7, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, -50, 0, 0, 0, 0, 7, 0, 0]);
            Set(3, 16, bits, dc, [0, 0, -1, 0, 0, 0, 0, 13, 0, 0, 0, 0, -24, 0, 0, 0, 0, 13, 0, 0, 0, 0, -1, 0, 0]);
            Set(4, 9, bits, dc, [0, -1, 0, 1, 0, -1, 10, 0, -10, 1, 0, 0, 0, 0, 0, 1, -10, 0, 10, -1, 0, 1, 0, -1, 0]);
            Set(5, 2, bits, dc, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 13, -24, 13, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        }
    }

    // An estimate replaces only a zero that is not known to be exact.
    private void Set(int index, int place, int[] bits, int* dc, ReadOnlySpan<sbyte> weights)
    {
        if (bits[index] == 0 || _block[place] != 0)
        {
            return;
        }

        var table = _component.QuantTable!;
        _block[place] = (short)Predict(table[0] * (long)Weigh(dc, weights), table[place], bits[index]);
    }

    private static int Weigh(int* dc, ReadOnlySpan<sbyte> weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * dc[i];
        }

        return sum;
    }

    private static int Weigh(int* dc, ReadOnlySpan<short> weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * dc[i];
        }

        return sum;
    }

    // The weights have 8 fraction bits. With `unknownBits` bits unknown the size must stay below what those bits can hold.
    private static int Predict(long number, long quantum, int unknownBits)
    {
        var size = (int)(((quantum << 7) + Math.Abs(number)) / (quantum << 8));
        if (unknownBits > 0 && size >= 1 << unknownBits)
        {
            size = (1 << unknownBits) - 1;
        }

        return number >= 0 ? size : -size;
    }
}
