namespace MlTransfer.Features.Extraction;

/// <summary>What an extraction does at an image that can not be read.</summary>
public enum OnImageError
{
    /// <summary>Notes it and goes on; the result lists it.</summary>
    Skip,

    /// <summary>Saves what is done and ends with <see cref="ImageFaultException"/>.</summary>
    Stop,
}
