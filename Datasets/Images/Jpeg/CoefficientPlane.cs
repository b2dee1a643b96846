namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>All coefficients of one component of a file with several scans: blocks of 64 in natural order, padded to whole MCUs.</summary>
internal sealed unsafe class CoefficientPlane
{
    private readonly short* _blocks;

    public CoefficientPlane(FrameComponent component, NativeArena arena)
    {
        BlocksPerRow = JpegFrame.DivideUp(component.WidthInBlocks, component.H) * component.H;
        Rows = JpegFrame.DivideUp(component.HeightInBlocks, component.V) * component.V;
        _blocks = arena.Allocate<short>(64L * BlocksPerRow * Rows);
    }

    public int BlocksPerRow { get; }

    public int Rows { get; }

    /// <summary>The coefficients of one block.</summary>
    public short* Block(int row, int column) => _blocks + (64 * (((long)row * BlocksPerRow) + column));
}
