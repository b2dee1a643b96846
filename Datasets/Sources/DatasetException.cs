namespace MlTransfer.Datasets.Sources;

/// <summary>A folder or list of images cannot be used as it is. The message says which file, what was found, what was expected and what to do.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>An error whose message is complete for the user.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="cause">The exception that led here, if any.</param>
    public DatasetException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
