namespace MlTransfer.Datasets.Images.Png;

/// <summary>
/// libpng's conversion of RGB to gray with the weights 0.299 and 0.587 in 15-bit fixed point. Where the file states a gamma (gAMA, sRGB) other
/// than 1, colours are mixed in linear light, through tables; gray pixels stay. Source: libpng 1.6, pngrtran.c and png.c.
/// </summary>
internal sealed class PngLuma
{
    private const int One = 100_000;
    private readonly byte[]? _toLinear;
    private readonly byte[]? _fromLinear;
    private readonly ushort[][]? _toLinear16;
    private readonly ushort[][]? _fromLinear16;
    private readonly int _shift;

    /// <summary>Prepares the conversion.</summary>
    /// <param name="gamma">The file's gamma in 1/100,000; 0 when it states none.</param>
    /// <param name="wide">Whether samples have 16 bits.</param>
    /// <param name="narrowed">Whether 16-bit samples become 8-bit ones afterwards; libpng's tables are then coarser.</param>
    public PngLuma(int gamma, bool wide, bool narrowed)
    {
        if (gamma == 0 || !IsSignificant(gamma))
        {
            return;
        }

        var toLinear = Reciprocal(gamma);
        var fromLinear = Reciprocal(toLinear);
        if (wide)
        {
            _shift = narrowed ? 5 : 0;
            _toLinear16 = Table16(toLinear, _shift);
            _fromLinear16 = Table16(fromLinear, _shift);
        }
        else
        {
            _toLinear = Table8(toLinear);
            _fromLinear = Table8(fromLinear);
        }
    }

    /// <summary>Gray of an 8-bit pixel.</summary>
    public byte Of(byte red, byte green, byte blue) => _toLinear is null || (red == green && red == blue)
        ? (byte)(Weigh(red, green, blue) >> 15)
        : _fromLinear![(Weigh(_toLinear[red], _toLinear[green], _toLinear[blue]) + 16384) >> 15];

    /// <summary>Gray of a 16-bit pixel.</summary>
    public ushort Of(ushort red, ushort green, ushort blue)
    {
        if (_toLinear16 is null || (red == green && red == blue))
        {
            return (ushort)((Weigh(red, green, blue) + 16384) >> 15);
        }

        var mixed = (Weigh(Look(_toLinear16, red), Look(_toLinear16, green), Look(_toLinear16, blue)) + 16384) >> 15;
        return Look(_fromLinear16!, (ushort)mixed);
    }

    private static uint Weigh(uint red, uint green, uint blue) => (9797 * red) + (19234 * green) + (3737 * blue);

    private static bool IsSignificant(int gamma) => gamma is < One - 5000 or > One + 5000;

    private static int Reciprocal(int gamma) => (int)Math.Min(Math.Floor((1e10 / gamma) + 0.5), int.MaxValue);

    private static byte[] Table8(int gamma)
    {
        var table = new byte[256];
        for (var i = 0; i < 256; i++)
        {
            table[i] = IsSignificant(gamma) ? (byte)Math.Floor((255 * Math.Pow(i / 255.0, gamma * 1e-5)) + 0.5) : (byte)i;
        }

        return table;
    }

    private static ushort[][] Table16(int gamma, int shift)
    {
        var most = (1 << (16 - shift)) - 1;
        var table = new ushort[1 << (8 - shift)][];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = new ushort[256];
            for (var j = 0; j < 256; j++)
            {
                var value = (j << (8 - shift)) + i;
                table[i][j] = (ushort)Math.Floor((65535 * Math.Pow(value / (double)most, gamma * 1e-5)) + 0.5);
            }
        }

        return table;
    }

    private ushort Look(ushort[][] table, ushort value) => table[(value & 0xFF) >> _shift][value >> 8];
}
