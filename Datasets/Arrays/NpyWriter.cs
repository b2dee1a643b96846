using System.Globalization;
using System.Text;

namespace MlTransfer.Datasets.Arrays;

/// <summary>Writes NumPy's .npy headers and arrays, version 1.0, little-endian, C order.</summary>
/// <remarks>Source: numpy.lib.format. Stateless, hence thread-safe.</remarks>
public static class NpyWriter
{
    /// <summary>Bytes of every header this class writes: room for any shape up to 32-bit rows × columns, and a whole cache line multiple.</summary>
    public const int HeaderBytes = 128;

    /// <summary>The header of an array, padded with spaces to <see cref="HeaderBytes"/>, so that a growing array can rewrite it in place.</summary>
    /// <param name="descr">NumPy's type string, for example "&lt;f4".</param>
    /// <param name="shape">Extents, none negative.</param>
    /// <exception cref="ArgumentException">The shape does not fit the fixed header.</exception>
    public static byte[] Header(string descr, params ReadOnlySpan<long> shape)
    {
        var text = new StringBuilder("{'descr': '").Append(descr).Append("', 'fortran_order': False, 'shape': (");
        for (var i = 0; i < shape.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(shape[i], nameof(shape));
            text.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? " " : "")}{shape[i]}{(i < shape.Length - 1 || shape.Length == 1 ? "," : "")}");
        }

        text.Append("), }");
        const int prefix = 10;
        if (text.Length + 1 > HeaderBytes - prefix)
        {
            throw new ArgumentException($"A shape of {shape.Length} dimensions does not fit a header of {HeaderBytes} bytes.", nameof(shape));
        }

        var header = new byte[HeaderBytes];
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, HeaderBytes - prefix, 0];
        magic.CopyTo(header);
        header.AsSpan(prefix).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text.ToString(), header.AsSpan(prefix));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>Writes a whole array: header, then the elements' bytes.</summary>
    /// <param name="stream">Where to; left open.</param>
    /// <param name="descr">NumPy's type string of the elements in <paramref name="data"/>.</param>
    /// <param name="shape">Extents, whose product times the element size is the length of <paramref name="data"/>.</param>
    /// <param name="data">Little-endian elements in C order.</param>
    public static void Write(Stream stream, string descr, ReadOnlySpan<long> shape, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Header(descr, shape));
        stream.Write(data);
    }
}
