using System.Numerics;

namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>A function of one number that is the same for floats and integers.</summary>
internal interface INumberFunction
{
    /// <summary>The function.</summary>
    static abstract T Apply<T>(T x)
        where T : INumber<T>;
}
