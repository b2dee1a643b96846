namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>The functions of two numbers that are the same for floats and integers; integers wrap.</summary>
internal static class NumberPairFunctions
{
    /// <summary>x + y.</summary>
    public readonly struct Add : INumberPairFunction
    {
        static T INumberPairFunction.Apply<T>(T x, T y) => x + y;
    }

    /// <summary>x − y.</summary>
    public readonly struct Sub : INumberPairFunction
    {
        static T INumberPairFunction.Apply<T>(T x, T y) => x - y;
    }

    /// <summary>x · y.</summary>
    public readonly struct Mul : INumberPairFunction
    {
        static T INumberPairFunction.Apply<T>(T x, T y) => x * y;
    }

    /// <summary>The larger; NaN wins.</summary>
    public readonly struct Maximum : INumberPairFunction
    {
        static T INumberPairFunction.Apply<T>(T x, T y) => T.Max(x, y);
    }

    /// <summary>The smaller; NaN wins.</summary>
    public readonly struct Minimum : INumberPairFunction
    {
        static T INumberPairFunction.Apply<T>(T x, T y) => T.Min(x, y);
    }

    /// <summary>(x − y)².</summary>
    public readonly struct SquaredDifference : INumberPairFunction
    {
        static T INumberPairFunction.Apply<T>(T x, T y) => (x - y) * (x - y);
    }
}
