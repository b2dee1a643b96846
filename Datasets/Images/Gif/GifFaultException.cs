namespace MlTransfer.Datasets.Images.Gif;

/// <summary>A fault inside a GIF file; caught by the reader, which decides whether earlier frames stand.</summary>
internal sealed class GifFaultException(GifFault fault, string message) : Exception(message)
{
    /// <summary>How it bears on the frames before.</summary>
    public GifFault Fault { get; } = fault;
}
