using System.Numerics;

namespace MlTransfer.Features.Engines.Managed.Operations.Comparisons;

/// <summary>A relation of two numbers, IEEE for floats.</summary>
internal interface IComparison
{
    /// <summary>Whether it holds.</summary>
    static abstract bool Holds<T>(T left, T right)
        where T : INumber<T>;
}
