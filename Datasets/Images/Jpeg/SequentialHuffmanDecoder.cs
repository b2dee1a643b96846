using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Huffman decoding of baseline and extended sequential scans (ITU-T T.81, F.2.2).</summary>
internal sealed unsafe class SequentialHuffmanDecoder : HuffmanDecoder
{
    // An MCU is decoded in the quick way when this many bytes a block are there, which is more than any block takes.
    private const int QuickBytesPerBlock = 512;

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
        const int LookBits = HuffmanTable.LookBits;
        const uint LookMask = (1 << LookBits) - 1;
        var next = Source.Next;
        var bits = HeldBits;
        var count = HeldCount;
        var naturalOrder = ZigZag.NaturalOrderPointer;
        var lastDc = stackalloc int[4];
        LastDc.AsSpan().CopyTo(new Span<int>(lastDc, 4));
        var membership = _scan!.Membership;
        var blockCount = _scan.BlocksInMcu;
        for (var index = 0; index < blockCount; index++)
        {
            var block = blocks[index];

            if (count <= 16 && !TryRefill(ref next, ref bits, ref count))
            {
                return false;
            }

            var entry = _dcLooks[index][(uint)(bits >> (count - LookBits)) & LookMask];
            int difference;
            if (entry != 0 && (entry & HuffmanTable.ReceiveFlag) == 0)
            {
                count -= (int)(entry & 0xFF);
                difference = (int)entry >> 16;
            }
            else
            {
                var size = entry != 0 ? (int)(entry >> 16) : LongSymbol(bits, count, _dcTables[index], out entry);
                count -= (int)(entry & 0x7F);
                if (count <= 16 && !TryRefill(ref next, ref bits, ref count))
                {
                    return false;
                }

                difference = 0;
                if (size != 0)
                {
                    count -= size;
                    difference = HuffmanTable.Extend((int)(bits >> count) & ((1 << size) - 1), size);
                }
            }

            ref var dc = ref lastDc[membership[index]];
            dc += difference;
            if (block == null)
            {
                block = _dropped;
            }

            block[0] = (short)dc;
            var look = _acLooks[index];
            var k = 1;
            do
            {
                if (count <= 16 && !TryRefill(ref next, ref bits, ref count))
                {
                    return false;
                }

                entry = look[(uint)(bits >> (count - LookBits)) & LookMask];
                if (entry != 0 && (entry & HuffmanTable.ReceiveFlag) == 0)
                {
                    count -= (int)(entry & 0xFF);
                    k += (int)(entry >> 8) & 0xFF;
                    var value = (int)entry >> 16;
                    if (value == 0)
                    {
                        continue;
                    }

                    block[naturalOrder[k]] = (short)value;
                    if (++k < 64)
                    {
                        continue;
                    }

                    // libjpeg-turbo looks at the buffer between a code and its value; elsewhere the next look makes up for that.
                    var size = 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(value));
                    if (count + size <= 16 && !TryRefill(ref next, ref bits, ref count))
                    {
                        return false;
                    }
                }
                else
                {
                    int size;
                    if (entry != 0)
                    {
                        count -= (int)(entry & 0x7F);
                        k += (int)(entry >> 8) & 0xFF;
                        size = (int)(entry >> 16);
                    }
                    else
                    {
                        var symbol = LongSymbol(bits, count, _acTables[index], out entry);
                        count -= (int)entry;
                        size = symbol & 15;
                        if (size == 0)
                        {
                            k += symbol >> 4 == 15 ? 16 : HuffmanTable.EndOfBlockRun;
                            continue;
                        }

                        k += symbol >> 4;
                    }

                    if (count <= 16 && !TryRefill(ref next, ref bits, ref count))
                    {
                        return false;
                    }

                    count -= size;
                    block[naturalOrder[k]] = (short)HuffmanTable.Extend((int)(bits >> count) & ((1 << size) - 1), size);
                    k++;
                }
            }
            while (k < 64);
        }

        Source.Left -= (nint)(next - Source.Next);
        Source.Next = next;
        HeldBits = bits;
        HeldCount = count;
        new ReadOnlySpan<int>(lastDc, 4).CopyTo(LastDc);
        return true;
    }

    /// <summary>A code longer than the look; at least 17 bits are there. Gives the bits it takes in <paramref name="length"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LongSymbol(ulong bits, int count, HuffmanTable table, out uint length)
    {
        var all = (int)(bits >> (count - 17)) & 0x1FFFF;
        var taken = HuffmanTable.LookBits + 1;
        while (table.IsTooLong(all >> (17 - taken), taken))
        {
            taken++;
        }

        length = (uint)taken;
        return table.Symbol(all >> (17 - taken), taken);
    }

    /// <summary>Appends six bytes of data; false at a marker.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRefill(ref byte* next, ref ulong bits, ref int count)
    {
        var word = BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(next, 8));
        if (!HasFf(word, 16))
        {
            bits = (bits << 48) | (word >> 16);
            count += 48;
            next += 6;
            return true;
        }

        var position = next;
        var stuffed = RefillStuffed(ref position, bits, out var isData);
        next = position;
        bits = stuffed;
        count += 48;
        return isData;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong RefillStuffed(ref byte* next, ulong bits, out bool isData)
    {
        isData = true;
        for (var i = 0; i < 6; i++)
        {
            var value = *next++;
            if (value == 0xFF && *next++ != 0)
            {
                isData = false;
                return bits;
            }

            bits = (bits << 8) | value;
        }

        return bits;
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
}
