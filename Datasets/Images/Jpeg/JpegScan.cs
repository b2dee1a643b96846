namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>The current scan: its components, spectral band and bit position (ITU-T T.81, B.2.3), and how its MCUs are laid out.</summary>
internal sealed class JpegScan
{
    /// <summary>Most blocks an MCU may have.</summary>
    public const int MaxBlocksInMcu = 10;

    public required FrameComponent[] Components { get; init; }

    public required int SpectralStart { get; init; }

    public required int SpectralEnd { get; init; }

    public required int ApproximationHigh { get; init; }

    public required int ApproximationLow { get; init; }

    public int McusPerRow { get; private set; }

    public int BlocksInMcu { get; private set; }

    /// <summary>For each block of an MCU the index of its component within the scan.</summary>
    public int[] Membership { get; } = new int[MaxBlocksInMcu];

    /// <summary>Works out the MCU layout; false when an MCU would have too many blocks.</summary>
    public bool TryLayOut(JpegFrame frame)
    {
        if (Components.Length == 1)
        {
            var only = Components[0];
            McusPerRow = only.WidthInBlocks;
            only.McuWidth = 1;
            only.McuHeight = 1;
            only.LastColumnWidth = 1;
            only.LastRowHeight = LastOf(only.HeightInBlocks, only.V);
            BlocksInMcu = 1;
            Membership[0] = 0;
            return true;
        }

        McusPerRow = JpegFrame.DivideUp(frame.Width, frame.MaxH * 8);
        BlocksInMcu = 0;
        for (var i = 0; i < Components.Length; i++)
        {
            var component = Components[i];
            component.McuWidth = component.H;
            component.McuHeight = component.V;
            component.LastColumnWidth = LastOf(component.WidthInBlocks, component.H);
            component.LastRowHeight = LastOf(component.HeightInBlocks, component.V);
            if (BlocksInMcu + (component.H * component.V) > MaxBlocksInMcu)
            {
                return false;
            }

            for (var block = component.H * component.V; block > 0; block--)
            {
                Membership[BlocksInMcu++] = i;
            }
        }

        return true;
    }

    /// <summary>MCU rows that make up one row of fully interleaved MCUs.</summary>
    public int McuRowsIn(int interleavedRow, JpegFrame frame)
    {
        if (Components.Length > 1)
        {
            return 1;
        }

        return interleavedRow < frame.InterleavedRows - 1 ? Components[0].V : Components[0].LastRowHeight;
    }

    private static int LastOf(int blocks, int factor) => blocks % factor == 0 ? factor : blocks % factor;
}
