namespace MlTransfer.Features.Extraction;

/// <summary>An image could not be read and the extraction was told to stop at such; what was done before is saved.</summary>
public sealed class ImageFaultException : Exception
{
    /// <summary>Makes the error from the image that caused it.</summary>
    public ImageFaultException(ImageFault fault)
        : base($"{fault.Path}: {fault.Reason}") => Fault = fault;

    /// <summary>The image and what is wrong with it.</summary>
    public ImageFault Fault { get; }
}
