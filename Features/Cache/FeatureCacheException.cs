namespace MlTransfer.Features.Cache;

/// <summary>A feature cache cannot be used as asked. The message says which, what was found, what was expected and what to do.</summary>
public sealed class FeatureCacheException : Exception
{
    /// <summary>An error whose message is complete for the user.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="cause">The exception that led here, if any.</param>
    public FeatureCacheException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
