namespace MlTransfer.Features.Preprocessing;

/// <summary>How TensorFlow's ResizeBilinear and ResizeNearestNeighbor map an output coordinate to the input.</summary>
public enum CoordinateMode
{
    /// <summary>TensorFlow 1 default: input = output × (input size / output size). Shifts the picture by up to half a pixel.</summary>
    Legacy,

    /// <summary>half_pixel_centers=True, the default of tf.image.resize: input = (output + 0.5) × (input size / output size) − 0.5.</summary>
    HalfPixel,

    /// <summary>align_corners=True: input = output × (input size − 1) / (output size − 1), so that corner pixels stay corner pixels.</summary>
    AlignCorners,
}
