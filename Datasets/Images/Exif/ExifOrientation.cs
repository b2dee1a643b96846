namespace MlTransfer.Datasets.Images.Exif;

/// <summary>EXIF tag 0x0112, with the numbers of the standard (Exif 3.0, 4.6.5.1.5): what to do with the stored picture to see it upright.</summary>
public enum ExifOrientation
{
    /// <summary>Nothing.</summary>
    Upright = 1,

    /// <summary>Mirror left to right.</summary>
    MirrorHorizontal = 2,

    /// <summary>Turn by 180°.</summary>
    Rotate180 = 3,

    /// <summary>Mirror top to bottom.</summary>
    MirrorVertical = 4,

    /// <summary>Mirror at the diagonal from the top left.</summary>
    Transpose = 5,

    /// <summary>Turn by 90° clockwise.</summary>
    Rotate90 = 6,

    /// <summary>Mirror at the diagonal from the top right.</summary>
    Transverse = 7,

    /// <summary>Turn by 90° anticlockwise.</summary>
    Rotate270 = 8,
}
