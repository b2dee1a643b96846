using System.Buffers.Binary;

namespace MlTransfer.Datasets.Images.Gif;

/// <summary>
/// Reads the blocks of a GIF file with giflib's leniency as TensorFlow uses it: after at least one complete frame, a file that ends or goes on
/// with an unknown block keeps its frames; a frame whose data end too soon by its own end code, or whose header is impossible, spoils the file.
/// Source: GIF89a specification (CompuServe, 1990); giflib 5, dgif_lib.c; TensorFlow, core/lib/gif/gif_io.cc.
/// </summary>
internal ref struct GifReader
{
    private readonly ReadOnlySpan<byte> _file;
    private int _position;

    private GifReader(ReadOnlySpan<byte> file)
    {
        _file = file;
    }

    /// <summary>Reads at most so many frames.</summary>
    /// <exception cref="ImageFormatException">There is no complete frame, or the file is broken.</exception>
    public static GifFile Read(ReadOnlySpan<byte> file, int maxFrames)
    {
        var frames = new List<GifFrame>();
        var reader = new GifReader(file);
        var (width, height) = (0, 0);
        try
        {
            reader.ReadFrames(maxFrames, frames, ref width, ref height);
        }
        catch (GifFaultException fault) when (fault.Fault == GifFault.KeepsEarlierFrames && frames.Count > 0)
        {
            // The frames that are complete stand.
        }
        catch (GifFaultException fault)
        {
            throw new ImageFormatException("GIF: " + fault.Message, fault);
        }

        return frames.Count > 0
            ? new GifFile(width, height, frames)
            : throw new ImageFormatException("GIF: the file holds no frame.");
    }

    private void ReadFrames(int maxFrames, List<GifFrame> frames, ref int screenWidth, ref int screenHeight)
    {
        var header = Take(13, "the screen descriptor");
        screenWidth = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        screenHeight = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        var globalPalette = (header[10] & 0x80) != 0 ? Take(3 << ((header[10] & 7) + 1), "the global palette").ToArray() : null;
        var (firstTransparent, lastTransparent, sawControl) = (-1, -1, false);
        while (frames.Count < maxFrames)
        {
            var start = _position;
            switch (Take(1, "a block")[0])
            {
                case 0x2C:
                    frames.Add(ReadFrame(globalPalette, firstTransparent, lastTransparent));
                    (firstTransparent, lastTransparent, sawControl) = (-1, -1, false);
                    break;
                case 0x21:
                    var function = Take(1, "an extension")[0];
                    var block = TakeBlock();
                    if (function == 0xF9 && !block.IsEmpty)
                    {
                        var transparent = block.Length >= 4 && (block[0] & 1) != 0 ? block[3] : -1;
                        firstTransparent = !sawControl && block.Length == 4 ? transparent : firstTransparent;
                        lastTransparent = transparent >= 0 ? transparent : lastTransparent;
                        sawControl = true;
                    }

                    while (!block.IsEmpty)
                    {
                        block = TakeBlock();
                    }

                    break;
                case 0x3B:
                    return;
                case var other:
                    throw new GifFaultException(
                        GifFault.KeepsEarlierFrames, $"at byte {start} a block of the unknown type 0x{other:X2} begins; 0x2C, 0x21 or 0x3B is expected.");
            }
        }
    }

    private GifFrame ReadFrame(byte[]? globalPalette, int firstTransparent, int lastTransparent)
    {
        var descriptor = Take(9, "a frame's descriptor");
        var left = BinaryPrimitives.ReadUInt16LittleEndian(descriptor);
        var top = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[2..]);
        int width = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[4..]);
        int height = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[6..]);
        var flags = descriptor[8];
        var palette = (flags & 0x80) != 0 ? Take(3 << ((flags & 7) + 1), "a frame's palette").ToArray() : globalPalette;
        if (_position == _file.Length)
        {
            throw new GifFaultException(GifFault.SpoilsFile, "the file ends before a frame's data; it is cut short.");
        }

        var codeSize = Take(1, "a frame's code size")[0];
        if (codeSize > 8)
        {
            throw new GifFaultException(GifFault.SpoilsFile, $"a frame's code size is {codeSize}; at most 8 is expected.");
        }

        if (width == 0 || height == 0 || (long)width * height > int.MaxValue)
        {
            throw new GifFaultException(GifFault.SpoilsFile, $"a frame of {width} x {height} pixels is impossible.");
        }

        var indices = new LzwDecoder(_file, _position, codeSize).Decode(width * height, out _position);
        while (!TakeBlock().IsEmpty)
        {
            // What follows the last pixel up to the end of the frame's data carries nothing.
        }

        return new GifFrame(
            left, top, width, height, palette, firstTransparent, lastTransparent, (flags & 0x40) != 0 ? Deinterlace(indices, width, height) : indices);
    }

    private static byte[] Deinterlace(byte[] rows, int width, int height)
    {
        var result = new byte[rows.Length];
        var from = 0;
        foreach (var (start, step) in ((int, int)[])[(0, 8), (4, 8), (2, 4), (1, 2)])
        {
            for (var y = start; y < height; y += step)
            {
                rows.AsSpan(from, width).CopyTo(result.AsSpan(y * width));
                from += width;
            }
        }

        return result;
    }

    private ReadOnlySpan<byte> TakeBlock()
    {
        var length = Take(1, "a data block")[0];
        return Take(length, "a data block");
    }

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (_file.Length - _position < count)
        {
            throw new GifFaultException(
                GifFault.KeepsEarlierFrames, $"the file ends at byte {_file.Length} inside {what}; it is cut short.");
        }

        var taken = _file.Slice(_position, count);
        _position += count;
        return taken;
    }
}
