using System.Numerics;

namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>A function of two integers that is refused for some second argument.</summary>
internal interface IIntegerPairFunction
{
    /// <summary>Why a second argument is refused, or null where it is allowed.</summary>
    static abstract string? Fault<T>(T y)
        where T : IBinaryInteger<T>;

    /// <summary>The function.</summary>
    static abstract T Apply<T>(T x, T y)
        where T : IBinaryInteger<T>;
}
