namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Arithmetic decoding of sequential and progressive scans (ITU-T T.81, annex D, F.2.4 and G.2.3).</summary>
/// <remarks>Reaching a marker is no fault here: the coder leaves out trailing zeros, so zeros are supplied.</remarks>
internal sealed unsafe class ArithmeticDecoder : EntropyDecoder
{
    private const int DcBins = 64;
    private const int AcBins = 256;
    private const int Tables = 16;

    // The value of _shift that says: damaged, leave the rest of the interval alone.
    private const int Damaged = -1;

    private readonly byte*[] _dcStatistics = new byte*[Tables];
    private readonly byte*[] _acStatistics = new byte*[Tables];
    private readonly byte* _even;
    private readonly int[] _lastDc = new int[4];
    private readonly int[] _dcContext = new int[4];
    private readonly NativeArena _arena;
    private JpegScan? _scan;

    // Code register, interval and number of bits that may still be shifted (registers C, A and counter CT).
    private long _code;
    private long _interval;
    private int _shift;

    public ArithmeticDecoder(JpegFrame frame, JpegSource source, MarkerReader markers, NativeArena arena)
        : base(frame, source, markers)
    {
        _arena = arena;
        _even = arena.Allocate<byte>(1);
        *_even = ArithmeticStates.Even;
    }

    public override void Start(JpegScan scan)
    {
        if (Frame.Progressive)
        {
            StartProgression(scan);
        }

        _scan = scan;
        for (var i = 0; i < scan.Components.Length; i++)
        {
            if (CodesDc(scan))
            {
                _dcStatistics[scan.Components[i].DcSlot] = Reset(_dcStatistics[scan.Components[i].DcSlot], DcBins);
                _lastDc[i] = 0;
                _dcContext[i] = 0;
            }

            if (CodesAc(scan))
            {
                _acStatistics[scan.Components[i].AcSlot] = Reset(_acStatistics[scan.Components[i].AcSlot], AcBins);
            }
        }

        ResetRegisters();
        HasInsufficientData = false;
    }

    public override void DecodeMcu(short** blocks)
    {
        var scan = _scan!;
        if (Frame.RestartInterval != 0)
        {
            if (RestartsToGo == 0)
            {
                Restart(scan);
            }

            RestartsToGo--;
        }

        if (Frame.Progressive && scan.SpectralStart == 0 && scan.ApproximationHigh != 0)
        {
            RefineDc(scan, blocks);
        }
        else if (_shift != Damaged)
        {
            Decode(scan, blocks);
        }
    }

    private void Decode(JpegScan scan, short** blocks)
    {
        if (!Frame.Progressive)
        {
            for (var index = 0; index < scan.BlocksInMcu; index++)
            {
                var member = scan.Membership[index];
                if (!TryDecodeDc(scan, member, blocks[index], 0)
                    || !TryDecodeAc(scan.Components[member].AcSlot, blocks[index], 1, 63, 0))
                {
                    return;
                }
            }
        }
        else if (scan.SpectralStart == 0)
        {
            for (var index = 0; index < scan.BlocksInMcu; index++)
            {
                if (!TryDecodeDc(scan, scan.Membership[index], blocks[index], scan.ApproximationLow))
                {
                    return;
                }
            }
        }
        else if (scan.ApproximationHigh == 0)
        {
            TryDecodeAc(scan.Components[0].AcSlot, blocks[0], scan.SpectralStart, scan.SpectralEnd, scan.ApproximationLow);
        }
        else
        {
            RefineAc(scan, blocks[0]);
        }
    }

    private bool TryDecodeDc(JpegScan scan, int member, short* block, int shift)
    {
        var slot = scan.Components[member].DcSlot;
        var bins = _dcStatistics[slot];
        var bin = bins + _dcContext[member];
        if (DecodeDecision(bin) == 0)
        {
            _dcContext[member] = 0;
        }
        else
        {
            var sign = DecodeDecision(bin + 1);
            bin += 2 + sign;
            var magnitude = DecodeDecision(bin);
            if (magnitude != 0)
            {
                bin = bins + 20;
                while (DecodeDecision(bin) != 0)
                {
                    if ((magnitude <<= 1) == 0x8000)
                    {
                        _shift = Damaged;
                        return false;
                    }

                    bin++;
                }
            }

            // Conditioning by the size of the difference (F.1.4.4.1.2).
            if (magnitude < (1 << Frame.ArithmeticDcLow[slot]) >> 1)
            {
                _dcContext[member] = 0;
            }
            else if (magnitude > (1 << Frame.ArithmeticDcHigh[slot]) >> 1)
            {
                _dcContext[member] = 12 + (sign * 4);
            }
            else
            {
                _dcContext[member] = 4 + (sign * 4);
            }

            _lastDc[member] = (_lastDc[member] + DecodeMagnitude(bin + 14, magnitude, sign)) & 0xFFFF;
        }

        if (block != null)
        {
            block[0] = (short)(_lastDc[member] << shift);
        }

        return true;
    }

    private bool TryDecodeAc(int slot, short* block, int start, int end, int shift)
    {
        var naturalOrder = ZigZag.NaturalOrder;
        var bins = _acStatistics[slot];
        for (var k = start; k <= end; k++)
        {
            var bin = bins + (3 * (k - 1));
            if (DecodeDecision(bin) != 0)
            {
                break;
            }

            while (DecodeDecision(bin + 1) == 0)
            {
                bin += 3;
                if (++k > end)
                {
                    _shift = Damaged;
                    return false;
                }
            }

            var sign = DecodeDecision(_even);
            bin += 2;
            var magnitude = DecodeDecision(bin);
            if (magnitude != 0 && DecodeDecision(bin) != 0)
            {
                magnitude <<= 1;
                bin = bins + (k <= Frame.ArithmeticAcK[slot] ? 189 : 217);
                while (DecodeDecision(bin) != 0)
                {
                    if ((magnitude <<= 1) == 0x8000)
                    {
                        _shift = Damaged;
                        return false;
                    }

                    bin++;
                }
            }

            var value = DecodeMagnitude(bin + 14, magnitude, sign);
            if (block != null)
            {
                block[naturalOrder[k]] = (short)(value << shift);
            }
        }

        return true;
    }

    private int DecodeMagnitude(byte* bin, int magnitude, int sign)
    {
        var value = magnitude;
        while ((magnitude >>= 1) != 0)
        {
            if (DecodeDecision(bin) != 0)
            {
                value |= magnitude;
            }
        }

        value++;
        return sign != 0 ? -value : value;
    }

    private void RefineDc(JpegScan scan, short** blocks)
    {
        for (var index = 0; index < scan.BlocksInMcu; index++)
        {
            if (DecodeDecision(_even) != 0)
            {
                blocks[index][0] |= (short)(1 << scan.ApproximationLow);
            }
        }
    }

    private void RefineAc(JpegScan scan, short* block)
    {
        var naturalOrder = ZigZag.NaturalOrder;
        var bins = _acStatistics[scan.Components[0].AcSlot];
        var plus = (short)(1 << scan.ApproximationLow);
        var minus = (short)(-1 << scan.ApproximationLow);
        var end = scan.SpectralEnd;
        var lastKnown = end;
        while (lastKnown > 0 && block[naturalOrder[lastKnown]] == 0)
        {
            lastKnown--;
        }

        for (var k = scan.SpectralStart; k <= end; k++)
        {
            var bin = bins + (3 * (k - 1));
            if (k > lastKnown && DecodeDecision(bin) != 0)
            {
                break;
            }

            while (true)
            {
                var coefficient = block + naturalOrder[k];
                if (*coefficient != 0)
                {
                    if (DecodeDecision(bin + 2) != 0)
                    {
                        *coefficient += *coefficient < 0 ? minus : plus;
                    }

                    break;
                }

                if (DecodeDecision(bin + 1) != 0)
                {
                    *coefficient = DecodeDecision(_even) != 0 ? minus : plus;
                    break;
                }

                bin += 3;
                if (++k > end)
                {
                    _shift = Damaged;
                    return;
                }
            }
        }
    }

    /// <summary>One binary decision with the statistics bin <paramref name="bin"/> (figures D.18 to D.22).</summary>
    private int DecodeDecision(byte* bin)
    {
        while (_interval < 0x8000)
        {
            if (--_shift < 0)
            {
                _code = (_code << 8) | (long)(uint)ReadData();
                if ((_shift += 8) < 0 && ++_shift == 0)
                {
                    // Two bytes are in: the interval is 0x10000 after the doubling below.
                    _interval = 0x8000;
                }
            }

            _interval <<= 1;
        }

        int state = *bin;
        var packed = ArithmeticStates.Packed[state & 0x7F];
        var afterLess = packed & 0xFF;
        var afterMore = (packed >> 8) & 0xFF;
        long estimate = packed >> 16;
        _interval -= estimate;
        var bound = _interval << _shift;
        if (_code >= bound)
        {
            _code -= bound;
            if (_interval < estimate)
            {
                *bin = (byte)((state & 0x80) ^ afterMore);
            }
            else
            {
                *bin = (byte)((state & 0x80) ^ afterLess);
                state ^= 0x80;
            }

            _interval = estimate;
        }
        else if (_interval < 0x8000)
        {
            if (_interval < estimate)
            {
                *bin = (byte)((state & 0x80) ^ afterLess);
                state ^= 0x80;
            }
            else
            {
                *bin = (byte)((state & 0x80) ^ afterMore);
            }
        }

        return state >> 7;
    }

    private int ReadData()
    {
        if (Markers.Unread != 0)
        {
            return 0;
        }

        var value = Source.ReadByte();
        if (value != 0xFF)
        {
            return value;
        }

        do
        {
            value = Source.ReadByte();
        }
        while (value == 0xFF);

        if (value == 0)
        {
            return 0xFF;
        }

        Markers.Unread = value;
        return 0;
    }

    private void Restart(JpegScan scan)
    {
        Markers.ReadRestart();
        for (var i = 0; i < scan.Components.Length; i++)
        {
            if (CodesDc(scan))
            {
                Reset(_dcStatistics[scan.Components[i].DcSlot], DcBins);
                _lastDc[i] = 0;
                _dcContext[i] = 0;
            }

            if (CodesAc(scan))
            {
                Reset(_acStatistics[scan.Components[i].AcSlot], AcBins);
            }
        }

        ResetRegisters();
    }

    private void ResetRegisters()
    {
        _code = 0;
        _interval = 0;
        _shift = -16;
        RestartsToGo = Frame.RestartInterval;
    }

    private byte* Reset(byte* bins, int count)
    {
        if (bins == null)
        {
            return _arena.Allocate<byte>(AcBins);
        }

        new Span<byte>(bins, count).Clear();
        return bins;
    }

    private bool CodesDc(JpegScan scan) => !Frame.Progressive || (scan.SpectralStart == 0 && scan.ApproximationHigh == 0);

    private bool CodesAc(JpegScan scan) => !Frame.Progressive || scan.SpectralStart != 0;
}
