namespace MlTransfer.Datasets.Images;

/// <summary>The bytes are not a picture that can be decoded; the message says what was found and what was expected.</summary>
public sealed class ImageFormatException : FormatException
{
    /// <summary>Makes the error with a message for the user.</summary>
    public ImageFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with a message for the user and its cause.</summary>
    public ImageFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
