namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// How samples of 0…255 become the numbers a network was trained on. Names to type are in <see cref="PixelScalings"/>. All arithmetic is
/// float32, in the order written, so the results equal TensorFlow's and Keras' bit for bit (<see cref="PerImageStandardization"/> excepted).
/// </summary>
public enum PixelScaling
{
    /// <summary>0…255 as they are: <c>none</c>.</summary>
    None,

    /// <summary>x / 127.5 − 1, Keras' mode 'tf' (InceptionV3, Xception, MobileNet): <c>inception</c>.</summary>
    Inception,

    /// <summary>x / 255: <c>zero-one</c>.</summary>
    ZeroOne,

    /// <summary>BGR order, minus (103.939, 116.779, 123.68), Keras' mode 'caffe' (VGG, ResNet): <c>caffe</c>.</summary>
    Caffe,

    /// <summary>(x / 255 − mean) / deviation, Keras' mode 'torch' (DenseNet): <c>torch</c>.</summary>
    Torch,

    /// <summary>x × (1/255): tf.image.convert_image_dtype, keras.layers.Rescaling(1/255), hub modules of retrain.py: <c>zero-one-multiplied</c>.</summary>
    ZeroOneMultiplied,

    /// <summary>(x × (1/255) − 0.5) × 2, slim's inception preprocessing: <c>inception-slim</c>.</summary>
    InceptionSlim,

    /// <summary>x × (1/127.5) + (−1), keras.layers.Rescaling(1/127.5, offset=-1): <c>inception-rescaling</c>.</summary>
    InceptionRescaling,

    /// <summary>(x − 127.5) / 127.5, retrain.py for MobileNet: <c>sub127.5-div127.5</c>.</summary>
    Subtract127AndHalf,

    /// <summary>(x − 128) / 128, retrain.py for the Inception graph of 2015; dividing and multiplying by 1/128 are the same: <c>sub128-div128</c>.</summary>
    Subtract128,

    /// <summary>
    /// (x − mean) / max(deviation, 1/√count) over all samples of the image, tf.image.per_image_standardization:
    /// <c>per-image-standardization</c>. Sums are float64 here, float32 in an order of its own in TensorFlow: equal to about 1e-6.
    /// </summary>
    PerImageStandardization,
}
