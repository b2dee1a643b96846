namespace MlTransfer.Trainers;

/// <summary>Why a fit ended.</summary>
public enum StopReason
{
    /// <summary>The gradient proves the objective to be within the tolerance of the optimum.</summary>
    ObjectiveTolerance,

    /// <summary>The gradient has shrunk to the tolerance.</summary>
    GradientTolerance,

    /// <summary>Arithmetic allows no further progress; the objective is as low as it can be told apart.</summary>
    PrecisionLimit,

    /// <summary>The iterations or steps allowed are used up.</summary>
    MaxIterations,

    /// <summary>The loss on the validation rows had not fallen for as many epochs as the patience allows.</summary>
    EarlyStopping,

    /// <summary>The trainer computes its head at once; there is nothing to iterate.</summary>
    ClosedForm,
}
