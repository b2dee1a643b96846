using System.Numerics;

namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>A function of two numbers that is the same for floats and integers.</summary>
internal interface INumberPairFunction
{
    /// <summary>The function.</summary>
    static abstract T Apply<T>(T x, T y)
        where T : INumber<T>;
}
