namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>How a component gets to the size of the picture.</summary>
internal enum UpsamplingMethod
{
    /// <summary>Not needed for the output.</summary>
    None,

    /// <summary>Has the picture's size.</summary>
    Full,

    /// <summary>Half as wide, interpolated.</summary>
    FancyWidth,

    /// <summary>Half as high, interpolated.</summary>
    FancyHeight,

    /// <summary>Half as wide and half as high, interpolated.</summary>
    FancyBoth,

    /// <summary>Smaller by whole factors, repeated.</summary>
    Repeat,
}
