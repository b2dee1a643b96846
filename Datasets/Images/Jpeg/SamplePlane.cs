namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>The samples of one component for two rows of interleaved MCUs; each row of MCUs overwrites the one before the last.</summary>
internal sealed unsafe class SamplePlane
{
    // Vector code may read a little beyond a row.
    private const int Padding = 64;

    private readonly byte* _samples;
    private readonly int _rowsPerMcuRow;

    public SamplePlane(FrameComponent component, int blocks, NativeArena arena)
    {
        _rowsPerMcuRow = component.V * component.DctSize;
        Stride = (blocks * component.DctSize) + Padding;
        _samples = arena.Allocate<byte>(2L * _rowsPerMcuRow * Stride);
    }

    public nint Stride { get; }

    /// <summary>Where row <paramref name="row"/> of the component is held.</summary>
    public byte* Row(int row) => _samples + (row % (2 * _rowsPerMcuRow) * Stride);

    /// <summary>Where the first row of a row of interleaved MCUs goes.</summary>
    public byte* McuRow(int interleavedRow) => _samples + ((interleavedRow & 1) * _rowsPerMcuRow * Stride);
}
