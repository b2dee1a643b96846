namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Huffman decoding of progressive scans (ITU-T T.81, G.2).</summary>
internal sealed unsafe class ProgressiveHuffmanDecoder : HuffmanDecoder
{
    private readonly HuffmanTable[] _dcTables = new HuffmanTable[4];
    private HuffmanTable? _acTable;
    private JpegScan? _scan;
    private int _endOfBandRun;

    public ProgressiveHuffmanDecoder(JpegFrame frame, JpegSource source, MarkerReader markers, NativeArena arena)
        : base(frame, source, markers, arena)
    {
    }

    public override void Start(JpegScan scan)
    {
        StartProgression(scan);
        _scan = scan;
        for (var i = 0; i < scan.Components.Length; i++)
        {
            if (scan.SpectralStart != 0)
            {
                _acTable = BuildTable(isDc: false, scan.Components[i].AcSlot);
            }
            else if (scan.ApproximationHigh == 0)
            {
                _dcTables[i] = BuildTable(isDc: true, scan.Components[i].DcSlot);
            }
        }

        ResetBits();
        _endOfBandRun = 0;
    }

    public override void DecodeMcu(short** blocks)
    {
        RestartIfDue();
        var scan = _scan!;
        if (scan.SpectralStart == 0)
        {
            if (scan.ApproximationHigh != 0)
            {
                RefineDc(scan, blocks);
            }
            else if (!HasInsufficientData)
            {
                DecodeDc(scan, blocks);
            }
        }
        else if (!HasInsufficientData)
        {
            if (scan.ApproximationHigh != 0)
            {
                RefineAc(scan, blocks[0]);
            }
            else
            {
                DecodeAc(scan, blocks[0]);
            }
        }

        RestartsToGo--;
    }

    protected override void OnRestart() => _endOfBandRun = 0;

    private void DecodeDc(JpegScan scan, short** blocks)
    {
        var cursor = LoadBits();
        for (var index = 0; index < scan.BlocksInMcu; index++)
        {
            var member = scan.Membership[index];
            var size = DecodeSymbol(ref cursor, _dcTables[member]);
            if (size != 0)
            {
                var sum = LastDc[member] + (long)HuffmanTable.Extend(Receive(ref cursor, size), size);
                if (sum != (int)sum)
                {
                    throw Source.Error("a DC coefficient grows beyond 32 bits.");
                }

                LastDc[member] = (int)sum;
            }

            blocks[index][0] = (short)(LastDc[member] << scan.ApproximationLow);
        }

        StoreBits(cursor);
    }

    private void RefineDc(JpegScan scan, short** blocks)
    {
        var cursor = LoadBits();
        for (var index = 0; index < scan.BlocksInMcu; index++)
        {
            if (Receive(ref cursor, 1) != 0)
            {
                blocks[index][0] |= (short)(1 << scan.ApproximationLow);
            }
        }

        StoreBits(cursor);
    }

    private void DecodeAc(JpegScan scan, short* block)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return;
        }

        var cursor = LoadBits();
        var naturalOrder = ZigZag.NaturalOrderPointer;
        var table = _acTable!;
        for (var k = scan.SpectralStart; k <= scan.SpectralEnd; k++)
        {
            var symbol = DecodeSymbol(ref cursor, table);
            int run = symbol >> 4, size = symbol & 15;
            if (size != 0)
            {
                k += run;
                var value = HuffmanTable.Extend(Receive(ref cursor, size), size);
                block[naturalOrder[k]] = (short)(value << scan.ApproximationLow);
            }
            else if (run == 15)
            {
                k += 15;
            }
            else
            {
                _endOfBandRun = (1 << run) - 1;
                if (run != 0)
                {
                    _endOfBandRun += Receive(ref cursor, run);
                }

                break;
            }
        }

        StoreBits(cursor);
    }

    private void RefineAc(JpegScan scan, short* block)
    {
        var cursor = LoadBits();
        var naturalOrder = ZigZag.NaturalOrderPointer;
        var table = _acTable!;
        var plus = 1 << scan.ApproximationLow;
        var minus = -1 << scan.ApproximationLow;
        var end = scan.SpectralEnd;
        var k = scan.SpectralStart;
        if (_endOfBandRun == 0)
        {
            for (; k <= end; k++)
            {
                var symbol = DecodeSymbol(ref cursor, table);
                int run = symbol >> 4, value = 0;
                if ((symbol & 15) != 0)
                {
                    value = Receive(ref cursor, 1) != 0 ? plus : minus;
                }
                else if (run != 15)
                {
                    _endOfBandRun = 1 << run;
                    if (run != 0)
                    {
                        _endOfBandRun += Receive(ref cursor, run);
                    }

                    break;
                }

                // Pass over the coefficients already known, each with one correcting bit, and over `run` zeros.
                do
                {
                    var coefficient = block + naturalOrder[k];
                    if (*coefficient != 0)
                    {
                        Correct(ref cursor, coefficient, plus, minus);
                    }
                    else if (--run < 0)
                    {
                        break;
                    }

                    k++;
                }
                while (k <= end);

                if (value != 0)
                {
                    block[naturalOrder[k]] = (short)value;
                }
            }
        }

        if (_endOfBandRun > 0)
        {
            for (; k <= end; k++)
            {
                var coefficient = block + naturalOrder[k];
                if (*coefficient != 0)
                {
                    Correct(ref cursor, coefficient, plus, minus);
                }
            }

            _endOfBandRun--;
        }

        StoreBits(cursor);
    }

    private void Correct(ref BitCursor cursor, short* coefficient, int plus, int minus)
    {
        if (Receive(ref cursor, 1) != 0 && (*coefficient & plus) == 0)
        {
            *coefficient += (short)(*coefficient >= 0 ? plus : minus);
        }
    }
}
