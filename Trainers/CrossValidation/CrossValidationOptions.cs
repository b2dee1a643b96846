namespace MlTransfer.Trainers.CrossValidation;

/// <summary>How cross-validation splits and works.</summary>
public sealed record CrossValidationOptions
{
    /// <summary>Parts that take turns in being tested on, 2 or more and at most one a row; default 5.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Times that the whole is done, each with other folds; at least 1, default 1.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Seed of the folds; repeat r uses seed + r.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Share of each fold's training rows that is set aside for what picks while fitting (early stopping, <see cref="Calibrate"/>), above 0 and below 1; default
    /// 0.1. Where nothing picks, all are trained on. A fold's test rows are never picked by.
    /// </summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>Whether each fold's head gets a temperature, fitted on the rows set aside; default no.</summary>
    public bool Calibrate { get; init; }

    /// <summary>
    /// A group a row: rows of one group (near-duplicates, pictures of one patient) stay in one fold, so that none is tested on by a head that has all but seen
    /// it. Folds are then of less equal size. Empty (default): every row on its own.
    /// </summary>
    public ReadOnlyMemory<int> Groups { get; init; }

    /// <summary>Folds that are worked on at once, at least 1; default one a processor. The result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
