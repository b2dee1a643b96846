namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Reads the bytes of one marker or segment; the source's position moves only with <see cref="Commit"/>.</summary>
internal unsafe ref struct SegmentCursor
{
    private readonly JpegSource _source;
    private byte* _next;
    private nint _left;

    public SegmentCursor(JpegSource source)
    {
        _source = source;
        _next = source.Next;
        _left = source.Left;
    }

    public int ReadByte()
    {
        if (_left == 0)
        {
            if (!_source.Fill())
            {
                throw new JpegSuspendedException();
            }

            _next = _source.Next;
            _left = _source.Left;
        }

        _left--;
        return *_next++;
    }

    public int ReadUInt16()
    {
        var high = ReadByte();
        return (high << 8) | ReadByte();
    }

    public readonly void Commit()
    {
        _source.Next = _next;
        _source.Left = _left;
    }
}
