namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>The functions of one number that integers have too.</summary>
internal static class NumberFunctions
{
    /// <summary>|x|; the lowest integer is its own, as in TensorFlow.</summary>
    public readonly struct Abs : INumberFunction
    {
        static T INumberFunction.Apply<T>(T x) => T.IsNegative(x) ? -x : x;
    }

    /// <summary>−x.</summary>
    public readonly struct Neg : INumberFunction
    {
        static T INumberFunction.Apply<T>(T x) => -x;
    }

    /// <summary>−1, 0 or 1.</summary>
    public readonly struct Sign : INumberFunction
    {
        static T INumberFunction.Apply<T>(T x) => ScalarFunctions.Sign(x);
    }

    /// <summary>x².</summary>
    public readonly struct Square : INumberFunction
    {
        static T INumberFunction.Apply<T>(T x) => x * x;
    }

    /// <summary>max(x, 0).</summary>
    public readonly struct Relu : INumberFunction
    {
        static T INumberFunction.Apply<T>(T x) => ScalarFunctions.Relu(x);
    }

    /// <summary>min(max(x, 0), 6).</summary>
    public readonly struct Relu6 : INumberFunction
    {
        static T INumberFunction.Apply<T>(T x) => ScalarFunctions.Relu6(x);
    }

    /// <summary>The nearest whole number, ties to even; integers are their own.</summary>
    public readonly struct Round : INumberFunction
    {
        static T INumberFunction.Apply<T>(T x) => x switch
        {
            float value => (T)(object)MathF.Round(value, MidpointRounding.ToEven),
            double value => (T)(object)Math.Round(value, MidpointRounding.ToEven),
            _ => x,
        };
    }
}
