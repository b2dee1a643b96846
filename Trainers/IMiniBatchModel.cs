namespace MlTransfer.Trainers;

/// <summary>What mini-batch training trains.</summary>
internal interface IMiniBatchModel
{
    /// <summary>Most rows of a batch.</summary>
    int Capacity { get; }

    /// <summary>
    /// One step of the optimizer on the batch's objective; returns that objective and how many rows were predicted right, both as they were before the
    /// step.
    /// </summary>
    (double Objective, int Correct) Step(ReadOnlySpan<int> rows, double rate);

    /// <summary>Keeps a copy of the parameters, in place of the last one.</summary>
    void Keep();

    /// <summary>Puts the parameters kept back; does nothing where none were.</summary>
    void Restore();
}
