using System.Buffers.Binary;
using System.Numerics;

namespace MlTransfer.Features.Cache;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4): finds every flipped bit and every burst of up to 32 bits in a row.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of <paramref name="data"/>, going on from <paramref name="checksum"/> (0 at the start).</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> data)
    {
        var crc = ~checksum;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    public static uint Of(ReadOnlySpan<byte> data) => Append(0, data);
}
