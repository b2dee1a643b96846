namespace MlTransfer.Trainers;

/// <summary>Features or labels that no head can be fitted on; the message names the row, what was found, what was expected and what to do.</summary>
public sealed class TrainingDataException : Exception
{
    /// <summary>Makes the error with a message for the user.</summary>
    public TrainingDataException(string message)
        : base(message)
    {
    }
}
