using System.Runtime.InteropServices;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// The file's bytes with the end-of-file behaviour of TensorFlow's memory source (core/lib/jpeg/jpeg_handle.cc): readers work on copies of
/// <see cref="Next"/> and <see cref="Left"/> and store them back at safe points only. When bytes run out between safe points a recovering
/// source starts again at the last safe point; at a safe point it supplies an end-of-image marker. Decoded pixels of a truncated file
/// depend on this, hence it is kept exactly.
/// </summary>
internal sealed unsafe class JpegSource
{
    // Bytes that may be read again after one safe point; the longest segment has 65,535. More is a loop without progress.
    private const long MaxRereadBytes = 70_000;

    private static readonly byte[] EndOfImage = MakeEndOfImage();

    private readonly byte* _start;
    private readonly byte* _endOfImage;
    private readonly int _length;
    private readonly bool _recover;
    private byte* _rereadFrom;
    private long _rereadBytes;

    public JpegSource(byte* start, int length, bool recover)
    {
        _start = start;
        _length = length;
        _recover = recover;
        _endOfImage = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(EndOfImage, 0);
        Next = start;
        Left = length;
    }

    /// <summary>First byte not consumed as of the last safe point.</summary>
    public byte* Next { get; set; }

    /// <summary>Bytes from <see cref="Next"/> to the end.</summary>
    public nint Left { get; set; }

    /// <summary>Offset of <see cref="Next"/> in the file, for messages.</summary>
    public long Offset => Next >= _start && Next <= _start + _length ? Next - _start : _length;

    /// <summary>Makes more bytes available at <see cref="Next"/>; false when the caller must stop.</summary>
    public bool Fill()
    {
        if (Left > 0)
        {
            if (!_recover)
            {
                return false;
            }

            if (_rereadFrom != Next)
            {
                _rereadFrom = Next;
                _rereadBytes = 0;
            }
            else if ((_rereadBytes += Left) > MaxRereadBytes)
            {
                throw Error("the file ends inside a marker or a segment, and what is there cannot be completed.");
            }

            return true;
        }

        if (_recover && _length > 0 && Next != _endOfImage)
        {
            Next = _endOfImage;
            Left = 2;
            return true;
        }

        throw Error("the file ends too early; it is cut short.");
    }

    /// <summary>Skips the rest of a segment; a length word that is too small leaves nothing to skip.</summary>
    public void Skip(int count)
    {
        if (count <= 0)
        {
            return;
        }

        if (count > Left)
        {
            Next += Left;
            Left = 0;
            Fill();
        }
        else
        {
            Next += count;
            Left -= count;
        }
    }

    /// <summary>Reads one byte, storing the position back at once.</summary>
    public int ReadByte()
    {
        if (Left == 0)
        {
            Fill();
        }

        Left--;
        return *Next++;
    }

    /// <summary>The error for the user, with the place.</summary>
    public ImageFormatException Error(string message) => new($"JPEG, near byte {Offset} of {_length}: {message}");

    private static byte[] MakeEndOfImage()
    {
        var bytes = GC.AllocateArray<byte>(2, pinned: true);
        bytes[0] = 0xFF;
        bytes[1] = JpegMarker.Eoi;
        return bytes;
    }
}
