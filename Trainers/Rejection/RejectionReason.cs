namespace MlTransfer.Trainers.Rejection;

/// <summary>Why an example was told to be none of the classes.</summary>
public enum RejectionReason
{
    /// <summary>It was not: it is taken for one of the classes.</summary>
    None,

    /// <summary>The most probable class is less probable than on nearly all pictures of known classes.</summary>
    LowProbability,

    /// <summary>It is farther from every class than nearly all pictures of known classes.</summary>
    FarAway,
}
