namespace MlTransfer.Datasets.Images.Png;

/// <summary>One of the seven passes of Adam7 (PNG specification 8.2): the pixels from a start in steps.</summary>
internal readonly record struct Adam7Pass(int StartX, int StartY, int StepX, int StepY)
{
    /// <summary>The passes in order.</summary>
    public static readonly Adam7Pass[] All =
    [
        new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2),
    ];

    /// <summary>How many columns and rows of an image belong to the pass.</summary>
    public (int Width, int Height) SizeOf(int width, int height) =>
        ((width - StartX + StepX - 1) / StepX, (height - StartY + StepY - 1) / StepY);
}
