using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Huffman decoding of baseline and extended sequential scans (ITU-T T.81, F.2.2).</summary>
internal sealed unsafe class SequentialHuffmanDecoder : HuffmanDecoder
{
    // An MCU is decoded in the quick way when this many bytes a block are there, which is more than any block takes.
    private const int QuickBytesPerBlock = 512;

    // When so few bits are left, the quick way adds 48.
    private const int QuickRefillAt = 16;
    private const uint LookMask = (1 << HuffmanTable.LookBits) - 1;

    // How a run of AC coefficients ended.
    private const int EndsWithoutValue = 0;
    private const int EndsWithValue = 1;
    private const int NeedsHelp = 2;

    private readonly uint*[] _dcLooks = new uint*[JpegScan.MaxBlocksInMcu];
    private readonly uint*[] _acLooks = new uint*[JpegScan.MaxBlocksInMcu];
    private readonly HuffmanTable[] _dcTables = new HuffmanTable[JpegScan.MaxBlocksInMcu];
    private readonly HuffmanTable[] _acTables = new HuffmanTable[JpegScan.MaxBlocksInMcu];

    // Takes the coefficients that nobody wants.
    private readonly short* _dropped;
    private JpegScan? _scan;

    public SequentialHuffmanDecoder(JpegFrame frame, JpegSource source, MarkerReader markers, NativeArena arena)
        : base(frame, source, markers, arena)
    {
        _dropped = arena.Allocate<short>(64);

        // Motion JPEG leaves out the typical tables.
        frame.DcTables[0] ??= HuffmanSpecification.StandardDcLuminance;
        frame.AcTables[0] ??= HuffmanSpecification.StandardAcLuminance;
        frame.DcTables[1] ??= HuffmanSpecification.StandardDcChrominance;
        frame.AcTables[1] ??= HuffmanSpecification.StandardAcChrominance;
    }

    public override void Start(JpegScan scan)
    {
        _scan = scan;
        var dc = new HuffmanTable[scan.Components.Length];
        var ac = new HuffmanTable[scan.Components.Length];
        for (var i = 0; i < scan.Components.Length; i++)
        {
            dc[i] = BuildTable(isDc: true, scan.Components[i].DcSlot);
            ac[i] = BuildTable(isDc: false, scan.Components[i].AcSlot);
        }

        for (var block = 0; block < scan.BlocksInMcu; block++)
        {
            _dcTables[block] = dc[scan.Membership[block]];
            _acTables[block] = ac[scan.Membership[block]];
            _dcLooks[block] = _dcTables[block].Look;
            _acLooks[block] = _acTables[block].Look;
        }

        ResetBits();
    }

    public override void DecodeMcu(short** blocks)
    {
        RestartIfDue();
        if (!HasInsufficientData)
        {
            // The quick way gives up at a marker; then the MCU is decoded again in the careful way, which writes the same and more.
            var isQuick = Frame.RestartInterval == 0 && Markers.Unread == 0 && Source.Left >= QuickBytesPerBlock * _scan!.BlocksInMcu;
            if (!isQuick || !TryDecodeQuickly(blocks))
            {
                DecodeCarefully(blocks);
            }
        }

        RestartsToGo--;
    }

    private bool TryDecodeQuickly(short** blocks)
    {
        var state = new QuickState { Next = Source.Next, Bits = HeldBits, Count = HeldCount };
        var lastDc = stackalloc int[4];
        LastDc.AsSpan().CopyTo(new Span<int>(lastDc, 4));
        var membership = _scan!.Membership;
        var blockCount = _scan.BlocksInMcu;
        for (var index = 0; index < blockCount; index++)
        {
            var block = blocks[index] == null ? _dropped : blocks[index];
            if (!TryDecodeDc(ref state, index, out var difference))
            {
                return false;
            }

            ref var dc = ref lastDc[membership[index]];
            dc += difference;
            block[0] = (short)dc;
            state.Position = 1;
            int outcome;
            do
            {
                outcome = DecodeAc(ref state, _acLooks[index], block);
                if (outcome == NeedsHelp && !TryHelp(ref state, index, block))
                {
                    return false;
                }
            }
            while (outcome == NeedsHelp && state.Position < 64);

            if (outcome == EndsWithValue)
            {
                // libjpeg-turbo looks at the buffer between a code and its value; elsewhere the next look makes up for leaving that out.
                int value = block[ZigZag.NaturalOrder[state.Position - 1]];
                var size = 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(value));
                if (state.Count + size <= QuickRefillAt && !TryRefill(ref state))
                {
                    return false;
                }
            }
        }

        Source.Left -= (nint)(state.Next - Source.Next);
        Source.Next = state.Next;
        HeldBits = state.Bits;
        HeldCount = state.Count;
        new ReadOnlySpan<int>(lastDc, 4).CopyTo(LastDc);
        return true;
    }

    private bool TryDecodeDc(ref QuickState state, int index, out int difference)
    {
        difference = 0;
        if (state.Count <= QuickRefillAt && !TryRefill(ref state))
        {
            return false;
        }

        var entry = _dcLooks[index][(uint)(state.Bits >> (state.Count - HuffmanTable.LookBits)) & LookMask];
        if ((entry & HuffmanTable.ReceiveFlag) == 0)
        {
            state.Count -= (int)entry & 0x7F;
            difference = (int)entry >> 16;
            return true;
        }

        var size = (int)(entry >> 16);
        if ((entry & 0x7F) != 0)
        {
            state.Count -= (int)entry & 0x7F;
        }
        else
        {
            size = LongSymbol(ref state, _dcTables[index]);
        }

        if (state.Count <= QuickRefillAt && !TryRefill(ref state))
        {
            return false;
        }

        if (size != 0)
        {
            state.Count -= size;
            difference = HuffmanTable.Extend((int)(state.Bits >> state.Count) & ((1 << size) - 1), size);
        }

        return true;
    }

    /// <summary>
    /// Decodes AC coefficients from <see cref="QuickState.Position"/> on, to the end of the block or to what needs help: an FF byte ahead, a
    /// long code. It calls nothing, so that the compiler can keep all it needs in registers.
    /// </summary>
    private static int DecodeAc(ref QuickState state, uint* look, short* block)
    {
        // The bits lie at the top here, so that neither a look nor its removal needs their number.
        var next = state.Next;
        var count = state.Count;
        var bits = count == 0 ? 0 : state.Bits << (64 - count);
        var k = state.Position;
        var naturalOrder = ZigZag.NaturalOrderPointer;
        var outcome = EndsWithoutValue;
        do
        {
            if (count <= QuickRefillAt)
            {
                var word = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(next));
                if (HasFf(word, 16))
                {
                    outcome = NeedsHelp;
                    break;
                }

                bits |= (word & ~0xFFFFUL) >> count;
                count += 48;
                next += 6;
            }

            var entry = look[bits >> (64 - HuffmanTable.LookBits)];
            var value = (int)entry >> 16;
            k += (int)(entry >> 8) & 0xFF;
            if ((entry & HuffmanTable.ReceiveFlag) == 0)
            {
                bits <<= (int)entry;
                count -= (int)(entry & 0x7F);
                if (value == 0)
                {
                    continue;
                }
            }
            else
            {
                var length = (int)(entry & 0x7F);
                if (length == 0 || count < length + value)
                {
                    k -= (int)(entry >> 8) & 0xFF;
                    outcome = NeedsHelp;
                    break;
                }

                var size = value;
                bits <<= length;
                value = HuffmanTable.Extend((int)(bits >> (64 - size)), size);
                bits <<= size;
                count -= length + size;
            }

            block[naturalOrder[k]] = (short)value;
            if (++k >= 64)
            {
                outcome = EndsWithValue;
                break;
            }
        }
        while (k < 64);

        state.Next = next;
        state.Bits = count == 0 ? 0 : bits >> (64 - count);
        state.Count = count;
        state.Position = k;
        return outcome;
    }

    /// <summary>Does what <see cref="DecodeAc"/> stopped at; false at a marker.</summary>
    private bool TryHelp(ref QuickState state, int index, short* block)
    {
        if (state.Count <= QuickRefillAt)
        {
            return TryRefill(ref state);
        }

        var entry = _acLooks[index][(uint)(state.Bits >> (state.Count - HuffmanTable.LookBits)) & LookMask];
        int run, size;
        if ((entry & 0x7F) != 0)
        {
            state.Count -= (int)entry & 0x7F;
            run = (int)(entry >> 8) & 0xFF;
            size = (int)(entry >> 16);
        }
        else
        {
            var symbol = LongSymbol(ref state, _acTables[index]);
            run = symbol >> 4;
            size = symbol & 15;
            if (size == 0)
            {
                state.Position += run == 15 ? 16 : HuffmanTable.EndOfBlockRun;
                return true;
            }
        }

        if (state.Count <= QuickRefillAt && !TryRefill(ref state))
        {
            return false;
        }

        state.Count -= size;
        state.Position += run;
        var value = HuffmanTable.Extend((int)(state.Bits >> state.Count) & ((1 << size) - 1), size);
        block[ZigZag.NaturalOrder[state.Position++]] = (short)value;
        return true;
    }

    /// <summary>A code longer than the look; at least 17 bits are there.</summary>
    private static int LongSymbol(ref QuickState state, HuffmanTable table)
    {
        var all = (int)(state.Bits >> (state.Count - 17)) & 0x1FFFF;
        var taken = HuffmanTable.LookBits + 1;
        while (table.IsTooLong(all >> (17 - taken), taken))
        {
            taken++;
        }

        state.Count -= taken;
        return table.Symbol(all >> (17 - taken), taken);
    }

    /// <summary>Appends six bytes of data; false at a marker.</summary>
    private static bool TryRefill(ref QuickState state)
    {
        for (var i = 0; i < 6; i++)
        {
            var value = *state.Next++;
            if (value == 0xFF && *state.Next++ != 0)
            {
                return false;
            }

            state.Bits = (state.Bits << 8) | value;
        }

        state.Count += 48;
        return true;
    }

    private void DecodeCarefully(short** blocks)
    {
        var cursor = LoadBits();
        var naturalOrder = ZigZag.NaturalOrderPointer;
        var lastDc = stackalloc int[4];
        LastDc.AsSpan().CopyTo(new Span<int>(lastDc, 4));
        var membership = _scan!.Membership;
        for (var index = 0; index < _scan.BlocksInMcu; index++)
        {
            var block = blocks[index] == null ? _dropped : blocks[index];
            var size = DecodeSymbol(ref cursor, _dcTables[index]);
            ref var dc = ref lastDc[membership[index]];
            if (size != 0)
            {
                dc += HuffmanTable.Extend(Receive(ref cursor, size), size);
            }

            block[0] = (short)dc;
            var table = _acTables[index];
            for (var k = 1; k < 64; k++)
            {
                var symbol = DecodeSymbol(ref cursor, table);
                size = symbol & 15;
                if (size != 0)
                {
                    k += symbol >> 4;
                    block[naturalOrder[k]] = (short)HuffmanTable.Extend(Receive(ref cursor, size), size);
                }
                else if (symbol >> 4 == 15)
                {
                    k += 15;
                }
                else
                {
                    break;
                }
            }
        }

        StoreBits(cursor);
        new ReadOnlySpan<int>(lastDc, 4).CopyTo(LastDc);
    }

    /// <summary>Bit buffer of the quick way and the place in coding order within the block.</summary>
    private struct QuickState
    {
        public byte* Next;
        public ulong Bits;
        public int Count;
        public int Position;
    }
}
