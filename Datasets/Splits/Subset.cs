namespace MlTransfer.Datasets.Splits;

/// <summary>What an image is used for.</summary>
public enum Subset
{
    /// <summary>The head is fitted on it.</summary>
    Training,

    /// <summary>Settings are chosen by it while fitting.</summary>
    Validation,

    /// <summary>Kept aside; the figures reported come from it alone.</summary>
    Test,
}
