namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>The file ended where more bytes were needed; the decoder decides whether what was read so far is enough.</summary>
internal sealed class JpegSuspendedException : Exception
{
    public JpegSuspendedException()
        : base("the file ends too early")
    {
    }
}
