namespace MlTransfer.Trainers.Kernels;

/// <summary>A register of float32 numbers, so that one kernel body serves every vector width; the just-in-time compiler makes a copy a width.</summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Numbers in the register; divides <see cref="PaddedRows.ColumnMultiple"/> / 2.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(float* source);

    static abstract TSelf Broadcast(float value);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The sum of the numbers, in a fixed order.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>Adds the numbers to as many float64 numbers.</summary>
    static abstract void AddTo(TSelf value, double* target);
}
