namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>One colour component of the frame, with its place in the current scan.</summary>
internal sealed class FrameComponent
{
    public required int Index { get; init; }

    /// <summary>Identifier that scans refer to.</summary>
    public required int Id { get; init; }

    /// <summary>Horizontal sampling factor, 1…4.</summary>
    public required int H { get; init; }

    /// <summary>Vertical sampling factor, 1…4.</summary>
    public required int V { get; init; }

    /// <summary>Slot of the quantisation table.</summary>
    public required int QuantSlot { get; init; }

    public int WidthInBlocks { get; set; }

    public int HeightInBlocks { get; set; }

    /// <summary>Samples a block is decoded to, each way: 8, 4, 2 or 1.</summary>
    public int DctSize { get; set; } = 8;

    /// <summary>Width in samples after decoding, before upsampling.</summary>
    public int DownsampledWidth { get; set; }

    public int DownsampledHeight { get; set; }

    /// <summary>Whether the output depends on this component.</summary>
    public bool Needed { get; set; } = true;

    /// <summary>The quantisation table as of the component's first scan, natural order; null before it.</summary>
    public ushort[]? QuantTable { get; set; }

    /// <summary>First and last column of blocks that the output needs.</summary>
    public int FirstBlock { get; set; }

    public int LastBlock { get; set; }

    /// <summary>How many bits of each coefficient are still unknown in a progressive file; −1: never seen. In coding order.</summary>
    public int[] CoefficientBits { get; } = Enumerable.Repeat(-1, 64).ToArray();

    /// <summary><see cref="CoefficientBits"/> as of the scan before the last that touched the component.</summary>
    public int[] PreviousCoefficientBits { get; } = new int[64];

    public int McuWidth { get; set; }

    public int McuHeight { get; set; }

    public int LastColumnWidth { get; set; }

    public int LastRowHeight { get; set; }

    public int DcSlot { get; set; }

    public int AcSlot { get; set; }
}
