namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>A Huffman table in the form that decoding uses: one look at the next ten bits gives code, run and, mostly, value.</summary>
internal sealed unsafe class HuffmanTable
{
    /// <summary>Bits of one look.</summary>
    public const int LookBits = 10;

    /// <summary>Codes are at most this long.</summary>
    public const int MaxCodeLength = 16;

    /// <summary>
    /// In an entry: the value's bits did not fit into the look and follow; the entry's upper half is their number. Alone: the code is longer.
    /// </summary>
    public const uint ReceiveFlag = 0x80;

    /// <summary>Zeros to advance for an end of block: beyond any block.</summary>
    public const int EndOfBlockRun = 128;

    // Largest code of each length, −1 where there is none; index 17 ends every search.
    private readonly int[] _maxCode = new int[18];
    private readonly int[] _valueOffset = new int[18];
    private readonly byte[] _symbols = new byte[256];

    public HuffmanTable(NativeArena arena)
    {
        Look = arena.Allocate<uint>(1 << LookBits);
        LookSymbol = arena.Allocate<ushort>(1 << LookBits);
    }

    /// <summary>
    /// 1,024 entries for sequential decoding: bits 0–6 how many bits to drop, bit 7 <see cref="ReceiveFlag"/>, bits 8–15 zeros to skip
    /// before the coefficient, bits 16–31 the coefficient (0: none, only the skip).
    /// </summary>
    public uint* Look { get; }

    /// <summary>1,024 entries for progressive decoding: length of the code × 256 + symbol; 0: the code is longer than the look.</summary>
    public ushort* LookSymbol { get; }

    /// <summary>Fills the table from what the file states; throws when the code lengths are impossible.</summary>
    public void Build(HuffmanSpecification specification, bool isDc, JpegSource source)
    {
        new Span<uint>(Look, 1 << LookBits).Fill(ReceiveFlag);
        new Span<ushort>(LookSymbol, 1 << LookBits).Clear();
        specification.Symbols.CopyTo(_symbols, 0);
        var code = 0;
        var index = 0;
        for (var length = 1; length <= MaxCodeLength; length++)
        {
            int count = specification.Counts[length];
            if (index + count > 256)
            {
                throw source.Error("a Huffman table has more than 256 codes.");
            }

            _valueOffset[length] = index - code;
            _maxCode[length] = count == 0 ? -1 : code + count - 1;
            for (var i = 0; i < count; i++, index++, code++)
            {
                if (isDc && _symbols[index] > 15)
                {
                    throw source.Error($"a Huffman table for DC has the symbol {_symbols[index]}; 0 to 15 are possible.");
                }

                if (length <= LookBits && code < 1 << length)
                {
                    Enter(code, length, _symbols[index], isDc);
                }
            }

            // No code may be all ones; checked where codes of this length exist, as an empty length cannot overflow.
            if (count > 0 && code >= 1 << length)
            {
                throw source.Error($"a Huffman table has too many codes of {length} bits.");
            }

            code <<= 1;
        }

        _maxCode[17] = int.MaxValue;
    }

    /// <summary>The longest code prefix test: whether <paramref name="code"/> of <paramref name="length"/> bits needs more bits.</summary>
    public bool IsTooLong(int code, int length) => code > _maxCode[length];

    /// <summary>The symbol of a complete code; 0 for the impossible length 17.</summary>
    public int Symbol(int code, int length) => length > MaxCodeLength ? 0 : _symbols[(code + _valueOffset[length]) & 0xFF];

    /// <summary>The signed value of <paramref name="size"/> bits (ITU-T T.81, figure F.12).</summary>
    public static int Extend(int bits, int size) => bits + (((bits - (1 << (size - 1))) >> 31) & ((-1 << size) + 1));

    private void Enter(int code, int length, byte symbol, bool isDc)
    {
        var free = LookBits - length;
        var first = code << free;
        var run = isDc ? 0 : symbol >> 4;
        var size = symbol & 15;
        new Span<ushort>(LookSymbol + first, 1 << free).Fill((ushort)((length << 8) | symbol));
        var look = new Span<uint>(Look + first, 1 << free);
        if (size == 0)
        {
            var skip = isDc ? 0 : run == 15 ? 16 : EndOfBlockRun;
            look.Fill((uint)(length | (skip << 8)));
        }
        else if (size > free)
        {
            look.Fill((uint)length | ReceiveFlag | (uint)(run << 8) | ((uint)size << 16));
        }
        else
        {
            var head = (uint)(length + size) | (uint)(run << 8);
            for (var rest = 0; rest < look.Length; rest++)
            {
                look[rest] = head | ((uint)(ushort)Extend(rest >> (free - size), size) << 16);
            }
        }
    }
}
