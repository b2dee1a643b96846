namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>How a convolution is cut into items of parallel work: blocks of tiles, and where these are too few for the threads, the panels of its filter as well. It decides who computes what, not what comes out.</summary>
internal readonly record struct ItemGrid
{
    private readonly int _panels;
    private readonly int _panelsInBlock;
    private readonly int _panelBlocks;

    /// <summary>Cuts.</summary>
    /// <param name="tiles">Tiles in all, at least 1.</param>
    /// <param name="mostTilesInBlock">Tiles that a block should have at the most, at least 1.</param>
    /// <param name="panels">Panels of the filter.</param>
    /// <param name="threads">Threads that will share the items: each should find four, lest one waits long for the last.</param>
    public ItemGrid(int tiles, int mostTilesInBlock, int panels, int threads)
    {
        var wanted = threads == 1 ? 1 : 4 * threads;
        TilesInBlock = Math.Min(mostTilesInBlock, Math.Max(1, tiles / wanted));
        var blocks = (tiles + TilesInBlock - 1) / TilesInBlock;
        _panels = panels;
        _panelsInBlock = panels;
        while (_panelsInBlock > 1 && blocks * Blocks(panels, _panelsInBlock) < wanted)
        {
            _panelsInBlock = (_panelsInBlock + 1) / 2;
        }

        _panelBlocks = Blocks(panels, _panelsInBlock);
        Items = blocks * _panelBlocks;
    }

    /// <summary>Tiles in a block.</summary>
    public int TilesInBlock { get; }

    /// <summary>Number of items.</summary>
    public int Items { get; }

    /// <summary>The first tile of an item.</summary>
    public int FirstTile(int item) => item / _panelBlocks * TilesInBlock;

    /// <summary>The first panel of an item.</summary>
    public int FirstPanel(int item) => item % _panelBlocks * _panelsInBlock;

    /// <summary>One past the last panel of an item.</summary>
    public int EndPanel(int item) => Math.Min(FirstPanel(item) + _panelsInBlock, _panels);

    private static int Blocks(int panels, int panelsInBlock) => (panels + panelsInBlock - 1) / panelsInBlock;
}
