namespace MlTransfer.Datasets.Images.Bmp;

/// <summary>How a bitmap's rows are stored, with the numbers of biCompression.</summary>
internal enum BmpCompression : uint
{
    /// <summary>As they are.</summary>
    None = 0,

    /// <summary>Runs of bytes.</summary>
    RunLength8 = 1,

    /// <summary>Runs of pairs of 4-bit pixels.</summary>
    RunLength4 = 2,

    /// <summary>As they are, with the colours where masks say.</summary>
    BitFields = 3,
}
