using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MlTransfer.Datasets.Sources;

/// <summary>SHA-256 (FIPS 180-4) of a file's bytes: what a file is, whatever its name, place and dates.</summary>
public readonly record struct ContentHash
{
    /// <summary>Length of the digest in bytes: 32.</summary>
    public const int Bytes = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>A digest that was computed or stored before.</summary>
    /// <param name="digest">Its 32 bytes.</param>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public ContentHash(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != Bytes)
        {
            throw new ArgumentException($"A SHA-256 digest has {Bytes} bytes, not {digest.Length}.", nameof(digest));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(digest);
        _b = BinaryPrimitives.ReadUInt64BigEndian(digest[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(digest[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(digest[24..]);
    }

    /// <summary>The digest of bytes in memory.</summary>
    /// <param name="content">The bytes of a whole file.</param>
    public static ContentHash Of(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[Bytes];
        SHA256.HashData(content, digest);
        return new ContentHash(digest);
    }

    /// <summary>The digest of a file, read as a stream.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ContentHash OfFile(string path)
    {
        Span<byte> digest = stackalloc byte[Bytes];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        SHA256.HashData(stream, digest);
        return new ContentHash(digest);
    }

    /// <summary>The digest that 64 hexadecimal digits state.</summary>
    /// <param name="hex">64 hexadecimal digits of either case.</param>
    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static ContentHash Parse(string hex)
    {
        var digest = Convert.FromHexString(hex);
        return digest.Length == Bytes ? new ContentHash(digest) : throw new FormatException($"A SHA-256 digest has {2 * Bytes} hexadecimal digits, not {hex.Length}.");
    }

    /// <summary>Writes the 32 bytes of the digest.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> digest = stackalloc byte[Bytes];
        CopyTo(digest);
        return Convert.ToHexStringLower(digest);
    }
}
