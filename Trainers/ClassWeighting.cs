namespace MlTransfer.Trainers;

/// <summary>How much a training row counts, by its class.</summary>
public enum ClassWeighting
{
    /// <summary>Every row counts once.</summary>
    None,

    /// <summary>Every class counts the same: a row of class k weighs rows / (classes · rows of k), as scikit-learn's <c>class_weight="balanced"</c>.</summary>
    Balanced,
}
