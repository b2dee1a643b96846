namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>A graph can not be run as asked: the message names the node, what was found and what was expected.</summary>
public sealed class OperationException : Exception
{
    /// <summary>Makes the error with a message for the user.</summary>
    public OperationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with a message for the user and its cause.</summary>
    public OperationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
