namespace MlTransfer.Datasets.Images.Gif;

/// <summary>
/// GIF's variable-length LZW. Where a code is not yet in the table it does what giflib does, so that damaged files give the same pixels or the
/// same refusal. Source: GIF89a specification, appendix F; giflib 5, dgif_lib.c.
/// </summary>
internal ref struct LzwDecoder
{
    private const int MaxCode = 4095;
    private const int MaxBits = 12;
    private const int NoCode = 4098;

    private readonly ReadOnlySpan<byte> _file;
    private readonly int _codeSize;
    private int _position;
    private int _blockLeft;
    private uint _bits;
    private int _bitCount;
    private int _running;
    private int _runningBits;
    private int _limit;

    /// <summary>Begins at the first data block of a frame.</summary>
    /// <param name="file">The file.</param>
    /// <param name="position">Where the first block's length byte is.</param>
    /// <param name="codeSize">The frame's minimum code size, 0…8.</param>
    public LzwDecoder(ReadOnlySpan<byte> file, int position, int codeSize)
    {
        _file = file;
        _position = position;
        _codeSize = codeSize;
        Reset();
    }

    /// <summary>Decodes so many pixels.</summary>
    /// <param name="count">Number of pixels.</param>
    /// <param name="position">Where the data block after the last one touched begins.</param>
    public byte[] Decode(int count, out int position)
    {
        var clear = 1 << _codeSize;
        var end = clear + 1;
        Span<ushort> prefix = stackalloc ushort[MaxCode + 1];
        Span<byte> suffix = stackalloc byte[MaxCode + 1];
        Span<byte> stack = stackalloc byte[MaxCode + 1];
        prefix.Fill(NoCode);

        // Grown as pixels come, since the size is only a claim.
        var pixels = new byte[Math.Min(count, 1 << 16)];
        var written = 0;
        var last = NoCode;
        while (written < count)
        {
            var code = NextCode();
            if (code == end)
            {
                throw new GifFaultException(GifFault.SpoilsFile, $"a frame's data end after {written} of {count} pixels.");
            }

            if (code == clear)
            {
                prefix.Fill(NoCode);
                Reset();
                last = NoCode;
                continue;
            }

            var depth = 0;
            var newest = _running - 2;
            var walk = code;
            if (code > clear && prefix[code] == NoCode)
            {
                walk = last;
                var first = (byte)FirstPixel(prefix, code == newest ? last : code, clear);
                suffix[newest] = first;
                stack[depth++] = first;
            }

            while (depth < MaxCode && walk > clear && walk <= MaxCode)
            {
                stack[depth++] = suffix[walk];
                walk = prefix[walk];
            }

            if (depth >= MaxCode || walk > MaxCode)
            {
                throw new GifFaultException(GifFault.KeepsEarlierFrames, $"a frame's data are damaged at pixel {written} of {count}.");
            }

            stack[depth++] = (byte)walk;
            if (pixels.Length < Math.Min(count, written + depth))
            {
                Array.Resize(ref pixels, (int)Math.Min(count, Math.Max(2L * pixels.Length, written + depth)));
            }

            while (depth > 0 && written < count)
            {
                pixels[written++] = stack[--depth];
            }

            if (last != NoCode && prefix[newest] == NoCode)
            {
                prefix[newest] = (ushort)last;
                suffix[newest] = (byte)FirstPixel(prefix, code == newest ? last : code, clear);
            }

            last = code;
        }

        position = _position + _blockLeft;
        return pixels;
    }

    private static int FirstPixel(ReadOnlySpan<ushort> prefix, int code, int clear)
    {
        for (var steps = 0; code > clear && steps <= MaxCode; steps++)
        {
            if (code > MaxCode)
            {
                return NoCode;
            }

            code = prefix[code];
        }

        return code;
    }

    private void Reset()
    {
        _running = (1 << _codeSize) + 2;
        _runningBits = _codeSize + 1;
        _limit = 1 << _runningBits;
    }

    private int NextCode()
    {
        while (_bitCount < _runningBits)
        {
            _bits |= (uint)NextByte() << _bitCount;
            _bitCount += 8;
        }

        var code = (int)(_bits & ((1u << _runningBits) - 1));
        _bits >>= _runningBits;
        _bitCount -= _runningBits;
        if (_running < MaxCode + 2 && ++_running > _limit && _runningBits < MaxBits)
        {
            _limit <<= 1;
            _runningBits++;
        }

        return code;
    }

    private byte NextByte()
    {
        if (_blockLeft == 0)
        {
            if (_position >= _file.Length)
            {
                throw CutShort();
            }

            _blockLeft = _file[_position++];
            if (_blockLeft == 0)
            {
                throw new GifFaultException(GifFault.KeepsEarlierFrames, "a frame's data end before its last pixel.");
            }

            if (_file.Length - _position < _blockLeft)
            {
                throw CutShort();
            }
        }

        _blockLeft--;
        return _file[_position++];
    }

    private readonly GifFaultException CutShort() =>
        new(GifFault.KeepsEarlierFrames, $"the file ends at byte {_file.Length} inside a frame's data; it is cut short.");
}
