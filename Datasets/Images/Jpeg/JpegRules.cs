namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Whose behaviour to follow where TensorFlow (libjpeg-turbo 2.1) and Pillow (libjpeg-turbo 3) differ.</summary>
/// <remarks>
/// They differ in three things: the RGB of four-component pictures, the smoothing of progressive files whose detail never arrives, and
/// whether bytes between the picture's data and the end of a file that stops in a lone FF count as a missing end (Pillow) or not.
/// </remarks>
public enum JpegRules
{
    /// <summary>As TensorFlow's DecodeJpeg: CMYK to RGB is c·k/255, rounded down.</summary>
    TensorFlow,

    /// <summary>As Pillow's <c>Image.open(file).convert("RGB")</c>: CMYK is read inverted, then k' − c·k'/255, rounded.</summary>
    Pillow,
}
