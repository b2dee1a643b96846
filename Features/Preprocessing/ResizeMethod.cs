namespace MlTransfer.Features.Preprocessing;

/// <summary>How a picture is brought to the size a network takes. Names to type are in <see cref="ResizeMethods"/>.</summary>
/// <remarks>A network fed with other pixels than in its training gives other features, hence so many.</remarks>
public enum ResizeMethod
{
    /// <summary>TensorFlow 1 resize_bilinear without options (retrain.py, slim): <c>tf-legacy-bilinear</c>. The default.</summary>
    TensorFlowLegacyBilinear,

    /// <summary>tf.image.resize of TensorFlow 2 without antialiasing, keras.layers.Resizing: <c>tf-half-pixel-bilinear</c>.</summary>
    TensorFlowHalfPixelBilinear,

    /// <summary>resize_bilinear(align_corners=True): <c>tf-align-corners-bilinear</c>.</summary>
    TensorFlowAlignCornersBilinear,

    /// <summary>TensorFlow 1 resize_nearest_neighbor without options: <c>tf-legacy-nearest</c>.</summary>
    TensorFlowLegacyNearest,

    /// <summary>tf.image.resize(method='nearest') of TensorFlow 2: <c>tf-half-pixel-nearest</c>.</summary>
    TensorFlowHalfPixelNearest,

    /// <summary>resize_nearest_neighbor(align_corners=True): <c>tf-align-corners-nearest</c>.</summary>
    TensorFlowAlignCornersNearest,

    /// <summary>Pillow's nearest, the default of Keras' load_img: <c>pillow-nearest</c>.</summary>
    PillowNearest,

    /// <summary>Pillow's bilinear, widened when shrinking (antialiased), rounded to 8 bits: <c>pillow-bilinear</c>.</summary>
    PillowBilinear,

    /// <summary>Pillow's box: <c>pillow-box</c>.</summary>
    PillowBox,

    /// <summary>Pillow's Hamming: <c>pillow-hamming</c>.</summary>
    PillowHamming,

    /// <summary>Pillow's bicubic (a = −0.5): <c>pillow-bicubic</c>.</summary>
    PillowBicubic,

    /// <summary>Pillow's Lanczos of three lobes: <c>pillow-lanczos</c>.</summary>
    PillowLanczos,
}
