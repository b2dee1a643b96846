namespace MlTransfer.Trainers.Heads;

/// <summary>A head was asked to judge features that it was not fitted on; the message names both sides and what to do.</summary>
public sealed class HeadMismatchException : Exception
{
    /// <summary>Makes the error with a message for the user.</summary>
    public HeadMismatchException(string message)
        : base(message)
    {
    }
}
