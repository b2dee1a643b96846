using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Checks;

/// <summary>Operations that refuse bad values.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc and logging_ops.cc.</remarks>
internal static class CheckOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("CheckNumerics(tensor: T) -> (output: T)", ["T: {bfloat16, half, float, double}", "message: string"], CheckNumerics),
        Define("CheckNumericsV2(tensor: T) -> (output: T)", ["T: {bfloat16, half, float, double}", "message: string"], CheckNumerics),
        Define("Assert(condition: bool, data: T) -> ()", ["T: list(type)", "summarize: int = 3"], Assert),
    ];

    private static Tensor[] CheckNumerics(OperationContext context)
    {
        var (nan, infinite) = context.Inputs[0].Storage switch
        {
            float[] values => (Array.Exists(values, float.IsNaN), Array.Exists(values, float.IsInfinity)),
            double[] values => (Array.Exists(values, double.IsNaN), Array.Exists(values, double.IsInfinity)),
            Half[] values => (Array.Exists(values, Half.IsNaN), Array.Exists(values, Half.IsInfinity)),
            ushort[] values => (Array.Exists(values, bits => (bits & 0x7FFF) > 0x7F80), Array.Exists(values, bits => (bits & 0x7FFF) == 0x7F80)),
            _ => (false, false),
        };
        return nan || infinite
            ? throw context.Fail($"{context.Text("message")}: the tensor {context.Inputs[0].Shape} holds {(nan && infinite ? "infinite and NaN" : nan ? "NaN" : "infinite")} values")
            : [context.Inputs[0]];
    }

    private static Tensor[] Assert(OperationContext context)
    {
        if (context.Inputs[0].Count != 1 || !context.Inputs[0].AsSpan<bool>()[0])
        {
            var shown = (int)Math.Clamp(context.Int("summarize"), 0, 100);
            throw context.Fail($"assertion failed: {string.Join(" ", context.Inputs.Skip(1).Select(value => Describe(value, shown)))}");
        }

        return [];
    }

    private static string Describe(Tensor tensor, int shown)
    {
        var elements = Enumerable.Range(0, Math.Min(shown, tensor.Count)).Select(i => tensor.Storage.GetValue(i) switch
        {
            byte[] text => System.Text.Encoding.UTF8.GetString(text),
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            var other => $"{other}",
        });
        return $"[{string.Join(" ", elements)}{(tensor.Count > shown ? "…" : string.Empty)}]";
    }
}
