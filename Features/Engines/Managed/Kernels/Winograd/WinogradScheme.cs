namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>The windows that have a Toom–Cook scheme.</summary>
internal enum WinogradScheme
{
    /// <summary>3×3 by F(4, 3) in both dimensions: 36 products for 16 outputs instead of 144.</summary>
    ThreeByThree,

    /// <summary>5×5 by F(4, 5) in both dimensions: 64 products for 16 outputs instead of 400.</summary>
    FiveByFive,

    /// <summary>1×3 by F(4, 3).</summary>
    ThreeAcross,

    /// <summary>3×1 by F(4, 3).</summary>
    ThreeDown,

    /// <summary>1×7 by F(3, 7).</summary>
    SevenAcross,

    /// <summary>7×1 by F(3, 7).</summary>
    SevenDown,
}
