namespace MlTransfer.Features.Graphs;

/// <summary>A graph can not be read or is not legal; the message names file or node, what was found and what was expected.</summary>
public sealed class GraphFormatException : FormatException
{
    /// <summary>Makes the error with a message for the user.</summary>
    public GraphFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with a message for the user and its cause.</summary>
    public GraphFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
