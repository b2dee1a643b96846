namespace MlTransfer.Features.Engines.Managed.Kernels.Lanes;

/// <summary>A register of floats of one width. Kernels are written once over it; the compiler makes one form per width.</summary>
/// <typeparam name="TSelf">The register.</typeparam>
/// <remarks>
/// All operations act lane by lane, so that a lane's result does not depend on the width; the one exception is <see cref="MultiplyAdd"/>,
/// which rounds once where the processor has a fused form and twice where it has not.
/// </remarks>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Number of floats.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> floats.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>All lanes the same.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Writes <see cref="Count"/> floats.</summary>
    static abstract void Store(float* target, TSelf value);

    /// <summary>a·b + c.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Sum.</summary>
    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>Difference.</summary>
    static abstract TSelf Subtract(TSelf a, TSelf b);

    /// <summary>Product.</summary>
    static abstract TSelf Multiply(TSelf a, TSelf b);

    /// <summary>Quotient.</summary>
    static abstract TSelf Divide(TSelf a, TSelf b);

    /// <summary>The larger: <paramref name="a"/> where both are equal (0 and −0), <paramref name="b"/> where either is not a number.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller: <paramref name="a"/> where both are equal, <paramref name="b"/> where either is not a number.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);
}
