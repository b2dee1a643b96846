using System.Buffers.Binary;
using System.Text;

namespace MlTransfer.Datasets.Images.Png;

/// <summary>
/// The chunks of a PNG file, checked as strictly as libpng does: order, lengths, checksums of critical chunks, the end. Faults of ancillary
/// chunks make them ignored. Source: PNG specification, third edition; libpng 1.6, pngrutil.c.
/// </summary>
internal sealed class PngFile
{
    /// <summary>libpng's limit for width and height.</summary>
    private const int MaxSize = 1_000_000;

    /// <summary>What sRGB means in terms of gAMA (specification, 11.3.2.5).</summary>
    private const int SrgbGamma = 45_455;

    private PngFile(PngHeader header)
    {
        Header = header;
    }

    /// <summary>The first eight bytes of every PNG file.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The IHDR chunk.</summary>
    public PngHeader Header { get; }

    /// <summary>RGB of the palette, 256 entries, black behind the last; empty without PLTE.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>The tRNS chunk: alpha of palette entries, or the transparent colour as 16-bit samples; null without.</summary>
    public byte[]? Transparency { get; private set; }

    /// <summary>The gamma that gAMA or sRGB state, in 1/100,000; 0 without.</summary>
    public int Gamma { get; private set; }

    /// <summary>The eXIf chunk: a TIFF structure; empty without.</summary>
    public byte[] Exif { get; private set; } = [];

    /// <summary>The zlib stream of the image, joined from its IDAT chunks.</summary>
    public byte[] ImageData { get; private set; } = [];

    /// <summary>Reads all chunks.</summary>
    /// <exception cref="ImageFormatException">The file breaks a rule; the message says which and where.</exception>
    public static PngFile Read(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature))
        {
            throw new ImageFormatException("not a PNG file: the signature is missing.");
        }

        PngFile? png = null;
        var paletteEntries = 0;
        var data = new List<Range>();
        var dataEnded = false;
        var isSrgb = false;
        var dataLength = 0;
        for (var position = Signature.Length; ;)
        {
            var chunk = PngChunk.Read(file, position);
            position = chunk.End;
            var content = file[chunk.Content];
            if (png is null && chunk.Type != "IHDR")
            {
                throw new ImageFormatException($"PNG: the first chunk is {chunk.Type}; IHDR is expected.");
            }

            if (data.Count > 0 && chunk.Type != "IDAT")
            {
                dataEnded = true;
            }

            if (!chunk.ChecksumIsRight)
            {
                if (chunk.IsCritical)
                {
                    throw new ImageFormatException($"PNG: the checksum of the {chunk.Type} chunk at byte {chunk.Start} is wrong; the file is damaged.");
                }

                continue;
            }

            switch (chunk.Type)
            {
                case "IHDR" when png is not null:
                    throw new ImageFormatException("PNG: there is a second IHDR chunk.");
                case "IHDR":
                    png = new PngFile(ParseHeader(content));
                    break;
                case "PLTE":
                    paletteEntries = png!.TakePalette(content, data.Count > 0, paletteEntries);
                    break;
                case "tRNS" when data.Count == 0:
                    png!.TakeTransparency(content, paletteEntries);
                    break;
                case "gAMA" when paletteEntries == 0 && data.Count == 0 && !isSrgb && content.Length == 4:
                    png!.Gamma = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(content), int.MaxValue);
                    break;
                case "sRGB" when paletteEntries == 0 && data.Count == 0 && content.Length == 1 && content[0] <= 3:
                    png!.Gamma = SrgbGamma;
                    isSrgb = true;
                    break;
                case "eXIf":
                    png!.Exif = content.ToArray();
                    break;
                case "IDAT" when png!.Header.ColorType == PngColorType.Palette && paletteEntries == 0:
                    throw new ImageFormatException("PNG: a palette image without a PLTE chunk before its data.");
                case "IDAT" when !dataEnded:
                    data.Add(chunk.Content);
                    dataLength += content.Length;
                    break;
                case "IDAT":
                    // libpng reads only the first run of IDAT chunks.
                    break;
                case "IEND":
                    png!.ImageData = Join(file, data, dataLength);
                    return png;
                default:
                    if (chunk.IsCritical)
                    {
                        throw new ImageFormatException($"PNG: the chunk {chunk.Type} at byte {chunk.Start} is marked critical and is not known.");
                    }

                    break;
            }
        }
    }

    private static PngHeader ParseHeader(ReadOnlySpan<byte> content)
    {
        if (content.Length != 13)
        {
            throw new ImageFormatException($"PNG: IHDR has {content.Length} bytes; 13 are expected.");
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(content);
        var height = BinaryPrimitives.ReadUInt32BigEndian(content[4..]);
        if (width is 0 or > MaxSize || height is 0 or > MaxSize)
        {
            throw new ImageFormatException($"PNG: the size {width} x {height} is out of range; each side must be 1 to {MaxSize}.");
        }

        var (depth, type) = (content[8], (PngColorType)content[9]);
        var legal = type switch
        {
            PngColorType.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColorType.Palette => depth is 1 or 2 or 4 or 8,
            PngColorType.Rgb or PngColorType.GrayAlpha or PngColorType.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!legal)
        {
            throw new ImageFormatException($"PNG: colour type {content[9]} with {depth} bits a sample does not exist.");
        }

        if (content[10] != 0 || content[11] != 0 || content[12] > 1)
        {
            throw new ImageFormatException(
                $"PNG: compression {content[10]}, filter {content[11]}, interlace {content[12]}; 0, 0 and 0 or 1 are the ones there are.");
        }

        return new PngHeader((int)width, (int)height, depth, type, content[12] == 1);
    }

    private static byte[] Join(ReadOnlySpan<byte> file, List<Range> pieces, int length)
    {
        if (pieces.Count == 0)
        {
            throw new ImageFormatException("PNG: there is no IDAT chunk, hence no picture.");
        }

        var joined = new byte[length];
        var position = 0;
        foreach (var piece in pieces)
        {
            var content = file[piece];
            content.CopyTo(joined.AsSpan(position));
            position += content.Length;
        }

        return joined;
    }

    private int TakePalette(ReadOnlySpan<byte> content, bool afterData, int entriesBefore)
    {
        if (entriesBefore > 0)
        {
            throw new ImageFormatException("PNG: there is a second PLTE chunk.");
        }

        if (Header.ColorType != PngColorType.Palette || afterData)
        {
            return 0;
        }

        if (content.Length is 0 or > 768 || content.Length % 3 != 0)
        {
            throw new ImageFormatException($"PNG: PLTE has {content.Length} bytes; a multiple of 3 from 3 to 768 is expected.");
        }

        var entries = Math.Min(content.Length / 3, 1 << Header.BitDepth);
        Palette = new byte[768];
        content[..(entries * 3)].CopyTo(Palette);
        return entries;
    }

    private void TakeTransparency(ReadOnlySpan<byte> content, int paletteEntries)
    {
        var fits = Header.ColorType switch
        {
            PngColorType.Gray => content.Length == 2,
            PngColorType.Rgb => content.Length == 6,
            PngColorType.Palette => content.Length >= 1 && content.Length <= paletteEntries,
            _ => false,
        };
        if (fits && Transparency is null)
        {
            Transparency = content.ToArray();
        }
    }

    /// <summary>Where a chunk is and what it is called.</summary>
    private readonly record struct PngChunk(int Start, string Type, Range Content, int End, bool ChecksumIsRight)
    {
        public bool IsCritical => char.IsUpper(Type[0]);

        public static PngChunk Read(ReadOnlySpan<byte> file, int start)
        {
            if (file.Length - start < 12)
            {
                throw new ImageFormatException($"PNG: the file ends at byte {file.Length} before its IEND chunk; it is cut short.");
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(file[start..]);
            var name = file.Slice(start + 4, 4);
            foreach (var letter in name)
            {
                if (!char.IsAsciiLetter((char)letter))
                {
                    throw new ImageFormatException($"PNG: at byte {start} no chunk begins (its name has the byte {letter}); the file is damaged.");
                }
            }

            var type = Encoding.ASCII.GetString(name);
            if (length > file.Length - start - 12)
            {
                throw new ImageFormatException(
                    $"PNG: the {type} chunk at byte {start} claims {length} bytes, {file.Length - start - 12} are left; the file is cut short or damaged.");
            }

            var end = start + 12 + (int)length;
            var checksum = BinaryPrimitives.ReadUInt32BigEndian(file[(end - 4)..]);
            return new PngChunk(start, type, (start + 8)..(end - 4), end, Crc32.Of(file[(start + 4)..(end - 4)]) == checksum);
        }
    }
}
