using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>What sequential and progressive Huffman decoding share: bits, tables, restarts.</summary>
/// <remarks>
/// How far the bit buffer reads ahead follows libjpeg-turbo (jdhuff.c) step by step, because it decides what a truncated file that is
/// recovered looks like.
/// </remarks>
internal abstract unsafe class HuffmanDecoder : EntropyDecoder
{
    /// <summary>libjpeg-turbo's look-ahead, in bits.</summary>
    private const int LookAhead = 8;

    private const int MinimumFill = 57;

    private readonly HuffmanTable?[] _dcTables = new HuffmanTable?[4];
    private readonly HuffmanTable?[] _acTables = new HuffmanTable?[4];
    private readonly NativeArena _arena;

    protected HuffmanDecoder(JpegFrame frame, JpegSource source, MarkerReader markers, NativeArena arena)
        : base(frame, source, markers)
    {
        _arena = arena;
    }

    /// <summary>The bits held between MCUs; the source's position goes with them.</summary>
    protected ulong HeldBits { get; set; }

    protected int HeldCount { get; set; }

    /// <summary>Value of the last DC coefficient of each component of the scan.</summary>
    protected int[] LastDc { get; } = new int[4];

    protected void ResetBits()
    {
        HeldBits = 0;
        HeldCount = 0;
        HasInsufficientData = false;
        Array.Clear(LastDc);
        RestartsToGo = Frame.RestartInterval;
    }

    protected HuffmanTable BuildTable(bool isDc, int slot)
    {
        var specification = slot < 4 ? (isDc ? Frame.DcTables : Frame.AcTables)[slot] : null;
        if (specification is null)
        {
            throw Source.Error($"a scan uses Huffman table {slot} for {(isDc ? "DC" : "AC")}, which the file does not define.");
        }

        var tables = isDc ? _dcTables : _acTables;
        var table = tables[slot] ??= new HuffmanTable(_arena);
        table.Build(specification, isDc, Source);
        return table;
    }

    /// <summary>Meets a restart marker when one is due; called before each MCU.</summary>
    protected void RestartIfDue()
    {
        if (Frame.RestartInterval == 0 || RestartsToGo != 0)
        {
            return;
        }

        HeldCount = 0;
        Markers.ReadRestart();
        Array.Clear(LastDc);
        OnRestart();
        RestartsToGo = Frame.RestartInterval;
        if (Markers.Unread == 0)
        {
            HasInsufficientData = false;
        }
    }

    protected virtual void OnRestart()
    {
    }

    protected BitCursor LoadBits() => new() { Next = Source.Next, Left = Source.Left, Bits = HeldBits, Count = HeldCount };

    protected void StoreBits(in BitCursor cursor)
    {
        Source.Next = cursor.Next;
        Source.Left = cursor.Left;
        HeldBits = cursor.Bits;
        HeldCount = cursor.Count;
    }

    /// <summary>
    /// Reads bytes until there are at least 57 bits, or to the next marker, after which zeros are supplied if fewer than
    /// <paramref name="needed"/> bits are there.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected BitCursor Fill(BitCursor cursor, int needed)
    {
        if (Markers.Unread == 0)
        {
            if (cursor.Count < MinimumFill && cursor.Left >= 8)
            {
                var word = BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(cursor.Next, 8));
                var bytes = (64 - cursor.Count) >> 3;
                var unwanted = 64 - (bytes * 8);
                if (!HasFf(word, unwanted))
                {
                    cursor.Bits = bytes == 8 ? word : (cursor.Bits << (bytes * 8)) | (word >> unwanted);
                    cursor.Count += bytes * 8;
                    cursor.Next += bytes;
                    cursor.Left -= bytes;
                    return cursor;
                }
            }

            while (cursor.Count < MinimumFill)
            {
                int value = NextByte(ref cursor);
                if (value == 0xFF)
                {
                    do
                    {
                        value = NextByte(ref cursor);
                    }
                    while (value == 0xFF);

                    if (value != 0)
                    {
                        Markers.Unread = value;
                        return SupplyZeros(cursor, needed);
                    }

                    value = 0xFF;
                }

                cursor.Bits = (cursor.Bits << 8) | (uint)value;
                cursor.Count += 8;
            }

            return cursor;
        }

        return SupplyZeros(cursor, needed);
    }

    /// <summary>The next symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected int DecodeSymbol(ref BitCursor cursor, HuffmanTable table)
    {
        if (cursor.Count < LookAhead)
        {
            cursor = Fill(cursor, 0);
        }

        if (cursor.Count >= HuffmanTable.LookBits)
        {
            int entry = table.LookSymbol[(int)(cursor.Bits >> (cursor.Count - HuffmanTable.LookBits)) & ((1 << HuffmanTable.LookBits) - 1)];
            if (entry != 0)
            {
                cursor.Count -= entry >> 8;
                return entry & 0xFF;
            }
        }

        cursor = DecodeLongSymbol(cursor, table, out var symbol);
        return symbol;
    }

    /// <summary>A symbol bit by bit: for long codes and the end of the data.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected BitCursor DecodeLongSymbol(BitCursor cursor, HuffmanTable table, out int symbol)
    {
        var length = 1;
        if (cursor.Count >= LookAhead)
        {
            // The look-ahead either settles the code or shows that it is longer.
            var look = (int)(cursor.Bits >> (cursor.Count - LookAhead)) & ((1 << LookAhead) - 1);
            while (length <= LookAhead && table.IsTooLong(look >> (LookAhead - length), length))
            {
                length++;
            }

            if (length <= LookAhead)
            {
                cursor.Count -= length;
                symbol = table.Symbol(look >> (LookAhead - length), length);
                return cursor;
            }
        }

        var code = Receive(ref cursor, length);
        while (table.IsTooLong(code, length))
        {
            code = (code << 1) | Receive(ref cursor, 1);
            length++;
        }

        symbol = table.Symbol(code, length);
        return cursor;
    }

    /// <summary>The next 1 to 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected int Receive(ref BitCursor cursor, int count)
    {
        if (cursor.Count < count)
        {
            cursor = Fill(cursor, count);
        }

        cursor.Count -= count;
        return (int)(cursor.Bits >> cursor.Count) & ((1 << count) - 1);
    }

    /// <summary>Whether one of the bytes above the lowest <paramref name="ignoredBits"/> bits is FF; may say yes wrongly, never no.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static bool HasFf(ulong word, int ignoredBits)
    {
        var inverted = ~word;
        var zeroBytes = (inverted - 0x0101010101010101UL) & ~inverted & 0x8080808080808080UL;
        return zeroBytes >> ignoredBits != 0;
    }

    private BitCursor SupplyZeros(BitCursor cursor, int needed)
    {
        if (needed > cursor.Count)
        {
            HasInsufficientData = true;
            cursor.Bits <<= MinimumFill - cursor.Count;
            cursor.Count = MinimumFill;
        }

        return cursor;
    }

    private int NextByte(ref BitCursor cursor)
    {
        if (cursor.Left == 0)
        {
            if (!Source.Fill())
            {
                throw new JpegSuspendedException();
            }

            cursor.Next = Source.Next;
            cursor.Left = Source.Left;
        }

        cursor.Left--;
        return *cursor.Next++;
    }

    /// <summary>A reader's copy of position and bit buffer; the buffer's lowest <see cref="Count"/> bits are valid.</summary>
    [StructLayout(LayoutKind.Auto)]
    protected struct BitCursor
    {
        public byte* Next;
        public nint Left;
        public ulong Bits;
        public int Count;
    }
}
