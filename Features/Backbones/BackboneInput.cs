namespace MlTransfer.Features.Backbones;

/// <summary>What an exported network takes.</summary>
public enum BackboneInput
{
    /// <summary>Images as the network was trained on them: decoded, resized and scaled, float32 [N,height,width,3].</summary>
    Pixels,

    /// <summary>The bytes of one JPEG or PNG file, a scalar string, as retrain.py's graphs: <c>DecodeJpeg/contents:0</c>.</summary>
    ImageFile,
}
