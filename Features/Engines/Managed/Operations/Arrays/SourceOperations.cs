using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Operations that bring values in or pass them through.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc and no_op.cc.</remarks>
internal static class SourceOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        FunctionArgument.Definition,
        Define("Const() -> (output: dtype)", ["value: tensor", "dtype: type"], Const),
        Define("Placeholder() -> (output: dtype)", ["dtype: type", "shape: shape = unknown"], NotFed),
        Define("PlaceholderV2() -> (output: dtype)", ["dtype: type", "shape: shape"], NotFed),
        Define("PlaceholderWithDefault(input: dtype) -> (output: dtype)", ["dtype: type", "shape: shape"], PlaceholderWithDefault),
        Define("Identity(input: T) -> (output: T)", ["T: type"], PassThrough),
        Define("IdentityN(input: T) -> (output: T)", ["T: list(type)"], PassThrough),
        Define("StopGradient(input: T) -> (output: T)", ["T: type"], PassThrough),
        Define("PreventGradient(input: T) -> (output: T)", ["T: type", "message: string = ''"], PassThrough),
        Define("Snapshot(input: T) -> (output: T)", ["T: type"], PassThrough),
        Define("NoOp() -> ()", [], _ => []),
    ];

    private static Tensor[] Const(OperationContext context)
    {
        var value = context.Attribute("value").Tensor;
        return value.Type == context.Type("dtype")
            ? [value]
            : throw context.Fail($"the value is {Tensor.NameOf(value.Type)}, attribute 'dtype' says {Tensor.NameOf(context.Type("dtype"))}");
    }

    private static Tensor[] PlaceholderWithDefault(OperationContext context)
    {
        var shape = context.Attribute("shape").Shape;
        return shape.Allows(context.Inputs[0].Shape)
            ? [context.Inputs[0]]
            : throw context.Fail($"the default has shape {context.Inputs[0].Shape}; {shape} is declared");
    }

    private static Tensor[] PassThrough(OperationContext context) => [.. context.Inputs];

    private static Tensor[] NotFed(OperationContext context) => throw context.Fail("a value must be fed for this placeholder");
}
