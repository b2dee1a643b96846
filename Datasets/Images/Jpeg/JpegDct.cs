namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Which integer inverse DCT turns 8 × 8 coefficients into samples. Both are bit for bit those of libjpeg-turbo.</summary>
public enum JpegDct
{
    /// <summary>Arai, Agui and Nakajima with 8-bit constants (JDCT_IFAST): what TensorFlow's DecodeJpeg uses by default.</summary>
    Fast,

    /// <summary>Loeffler, Ligtenberg and Moschytz with 13-bit constants (JDCT_ISLOW): Pillow, Keras, TensorFlow's INTEGER_ACCURATE.</summary>
    Accurate,
}
