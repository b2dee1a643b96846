using System.Buffers.Binary;
using System.Numerics;

namespace MlTransfer.Datasets.Images.Png;

/// <summary>
/// A PNG's pixels after palette lookup and scaling of low depths, as 8-bit or 16-bit samples, and their conversion to the channels asked for.
/// The conversions are libpng's (png_set_expand, png_set_rgb_to_gray …), as TensorFlow's DecodePng sets them up.
/// </summary>
internal sealed class PngPixels
{
    private readonly PngHeader _header;
    private readonly byte[]? _transparency;

    /// <summary>Height × width × <see cref="_header"/>.Samples places as stored (palette indices too); empty for depth 16.</summary>
    private readonly byte[] _stored;
    private readonly ushort[] _stored16;
    private readonly byte[] _palette;
    private readonly int _gamma;

    private PngPixels(PngFile file, byte[] stored, ushort[] stored16)
    {
        _header = file.Header;
        _transparency = file.Transparency;
        _palette = file.Palette;
        _gamma = file.Gamma;
        _stored = stored;
        _stored16 = stored16;
    }

    /// <summary>The IHDR chunk.</summary>
    public PngHeader Header => _header;

    /// <summary>Channels the file has, as TensorFlow counts them: a palette is 3, or 4 with tRNS; tRNS of other types does not count.</summary>
    public int NativeChannels => _header.ColorType == PngColorType.Palette ? (_transparency is null ? 3 : 4) : _header.Samples;

    /// <summary>Decodes the image data.</summary>
    public static PngPixels Read(PngFile file)
    {
        var raw = PngRaster.Read(file);
        if (file.Header.BitDepth < 16)
        {
            return new PngPixels(file, raw, []);
        }

        var wide = new ushort[raw.Length / 2];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = BinaryPrimitives.ReadUInt16BigEndian(raw.AsSpan(2 * i));
        }

        return new PngPixels(file, [], wide);
    }

    /// <summary>8-bit samples of 1 gray, 2 gray + alpha, 3 RGB or 4 RGBA channels; 16-bit samples lose their low byte.</summary>
    public byte[] To8Bit(int channels)
    {
        if (_header is { BitDepth: 8, ColorType: PngColorType.Rgb or PngColorType.Rgba } && channels == 3)
        {
            return DropAlpha();
        }

        if (_header.BitDepth < 16)
        {
            return Convert(_stored, channels, Expansion, false);
        }

        if (channels == _header.Samples)
        {
            return Array.ConvertAll(_stored16, sample => (byte)(sample >> 8));
        }

        return Array.ConvertAll(Convert(_stored16, channels, 1, true), sample => (byte)(sample >> 8));
    }

    /// <summary>8-bit RGB of RGB or RGBA: what most photos are.</summary>
    private byte[] DropAlpha()
    {
        if (_header.Samples == 3)
        {
            return _stored;
        }

        var rgb = GC.AllocateUninitializedArray<byte>(_stored.Length / 4 * 3);
        for (int from = 0, to = 0; from < _stored.Length; from += 4, to += 3)
        {
            rgb[to] = _stored[from];
            rgb[to + 1] = _stored[from + 1];
            rgb[to + 2] = _stored[from + 2];
        }

        return rgb;
    }

    /// <summary>16-bit samples; 8-bit ones become v × 257.</summary>
    public ushort[] To16Bit(int channels) => _header.BitDepth == 16
        ? Convert(_stored16, channels, 1, false)
        : Array.ConvertAll(To8Bit(channels), sample => (ushort)(sample * 257));

    /// <summary>What gray samples of low depth are multiplied with to fill 8 bits.</summary>
    private int Expansion => _header.ColorType == PngColorType.Palette ? 1 : 255 / ((1 << Math.Min(_header.BitDepth, 8)) - 1);

    private T[] Convert<T>(T[] stored, int channels, int expansion, bool narrowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var pixels = _header.Width * _header.Height;
        var result = GC.AllocateUninitializedArray<T>(checked(pixels * channels));
        var samples = _header.Samples;
        var palette = _header.ColorType == PngColorType.Palette;
        var colour = channels >= 3;
        var alphaAt = channels is 2 or 4 ? channels - 1 : -1;
        var luma = new PngLuma(_gamma, _header.BitDepth == 16, narrowed);
        Span<T> rgb = stackalloc T[3];
        var lookup = palette ? Array.ConvertAll(_palette, T.CreateTruncating) : [];
        var filler = T.CreateTruncating((1 << _header.BitDepth) - 1);
        for (var i = 0; i < pixels; i++)
        {
            var pixel = stored.AsSpan(i * samples, samples);
            var target = result.AsSpan(i * channels, channels);
            if (palette)
            {
                lookup.AsSpan(int.CreateTruncating(pixel[0]) * 3, 3).CopyTo(rgb);
            }
            else if (_header.IsGray)
            {
                rgb.Fill(expansion == 1 ? pixel[0] : T.CreateTruncating(int.CreateTruncating(pixel[0]) * expansion));
            }
            else
            {
                pixel[..3].CopyTo(rgb);
            }

            if (colour)
            {
                rgb.CopyTo(target);
            }
            else
            {
                target[0] = _header.IsGray ? rgb[0] : Gray<T>(rgb, luma);
            }

            if (alphaAt >= 0)
            {
                target[alphaAt] = _header.HasAlpha ? pixel[samples - 1] : _transparency is null ? filler : AlphaOf(pixel, palette);
            }
        }

        return result;
    }

    private static T Gray<T>(ReadOnlySpan<T> rgb, PngLuma luma)
        where T : unmanaged, IBinaryInteger<T> => typeof(T) == typeof(byte)
            ? T.CreateTruncating(luma.Of(byte.CreateTruncating(rgb[0]), byte.CreateTruncating(rgb[1]), byte.CreateTruncating(rgb[2])))
            : T.CreateTruncating(luma.Of(ushort.CreateTruncating(rgb[0]), ushort.CreateTruncating(rgb[1]), ushort.CreateTruncating(rgb[2])));

    private T AlphaOf<T>(ReadOnlySpan<T> pixel, bool palette)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (palette)
        {
            var index = int.CreateTruncating(pixel[0]);
            return index < _transparency!.Length ? T.CreateTruncating(_transparency[index]) : T.MaxValue;
        }

        var mask = (1 << _header.BitDepth) - 1;
        for (var channel = 0; channel < pixel.Length; channel++)
        {
            var key = BinaryPrimitives.ReadUInt16BigEndian(_transparency.AsSpan(channel * 2)) & mask;
            if (int.CreateTruncating(pixel[channel]) != key)
            {
                return T.MaxValue;
            }
        }

        return T.Zero;
    }
}
