namespace MlTransfer.Datasets.Images.Gif;

/// <summary>How a fault bears on the frames before it.</summary>
internal enum GifFault
{
    /// <summary>The frames before stand: the file merely ends or goes on with something unknown.</summary>
    KeepsEarlierFrames,

    /// <summary>The whole file counts as broken.</summary>
    SpoilsFile,
}
