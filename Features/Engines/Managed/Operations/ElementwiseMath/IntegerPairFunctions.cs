namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>Divisions and powers of integers.</summary>
internal static class IntegerPairFunctions
{
    private const string DivisionByZero = "integer division by zero: an element of the second input is 0";

    /// <summary>x / y, truncated.</summary>
    public readonly struct Quotient : IIntegerPairFunction
    {
        static string? IIntegerPairFunction.Fault<T>(T y) => T.IsZero(y) ? DivisionByZero : null;

        static T IIntegerPairFunction.Apply<T>(T x, T y) => ScalarFunctions.IntegerQuotient(x, y);
    }

    /// <summary>The remainder of the truncated quotient.</summary>
    public readonly struct Remainder : IIntegerPairFunction
    {
        static string? IIntegerPairFunction.Fault<T>(T y) => T.IsZero(y) ? DivisionByZero : null;

        static T IIntegerPairFunction.Apply<T>(T x, T y) => ScalarFunctions.IntegerRemainder(x, y);
    }

    /// <summary>x / y, rounded down.</summary>
    public readonly struct FloorDiv : IIntegerPairFunction
    {
        static string? IIntegerPairFunction.Fault<T>(T y) => T.IsZero(y) ? DivisionByZero : null;

        static T IIntegerPairFunction.Apply<T>(T x, T y) => ScalarFunctions.IntegerFloorDiv(x, y);
    }

    /// <summary>The remainder of the quotient rounded down.</summary>
    public readonly struct FloorMod : IIntegerPairFunction
    {
        static string? IIntegerPairFunction.Fault<T>(T y) => T.IsZero(y) ? DivisionByZero : null;

        static T IIntegerPairFunction.Apply<T>(T x, T y) => ScalarFunctions.IntegerFloorMod(x, y);
    }

    /// <summary>x to the power y.</summary>
    public readonly struct Power : IIntegerPairFunction
    {
        static string? IIntegerPairFunction.Fault<T>(T y) =>
            T.IsNegative(y) ? $"integers to negative powers are not allowed: found the power {y}" : null;

        static T IIntegerPairFunction.Apply<T>(T x, T y) => ScalarFunctions.IntegerPower(x, y);
    }
}
