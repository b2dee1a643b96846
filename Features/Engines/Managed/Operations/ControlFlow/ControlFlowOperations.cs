using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.ControlFlow;

/// <summary>Branches, loops and function calls.</summary>
/// <remarks>Source: TensorFlow, core/ops/control_flow_ops.cc and functional_ops.cc.</remarks>
internal static class ControlFlowOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Switch(data: T, pred: bool) -> (output_false: T, output_true: T)", ["T: type"], ExecutorsWork),
        Define("Merge(inputs: N * T) -> (output: T, value_index: int32)", ["T: type", "N: int"], ExecutorsWork),
        Define("PartitionedCall(args: Tin) -> (output: Tout)", ["Tin: list(type)", "Tout: list(type)", "f: func"], Call),
        Define("StatefulPartitionedCall(args: Tin) -> (output: Tout)", ["Tin: list(type)", "Tout: list(type)", "f: func"], Call),
        Define("If(cond: Tcond, input: Tin) -> (output: Tout)", ["Tcond: type", "Tin: list(type)", "Tout: list(type)", "then_branch: func", "else_branch: func"], If),
        Define("StatelessIf(cond: Tcond, input: Tin) -> (output: Tout)", ["Tcond: type", "Tin: list(type)", "Tout: list(type)", "then_branch: func", "else_branch: func"], If),
        Define("Case(branch_index: int32, input: Tin) -> (output: Tout)", ["Tin: list(type)", "Tout: list(type)", "branches: list(func)"], Case),
        Define("StatelessCase(branch_index: int32, input: Tin) -> (output: Tout)", ["Tin: list(type)", "Tout: list(type)", "branches: list(func)"], Case),
        Define("While(input: T) -> (output: T)", ["T: list(type)", "cond: func", "body: func"], While),
        Define("StatelessWhile(input: T) -> (output: T)", ["T: list(type)", "cond: func", "body: func"], While),
    ];

    private static Tensor[] Call(OperationContext context) => context.Call(context.Attribute("f").Function, context.Inputs);

    private static Tensor[] If(OperationContext context) =>
        context.Call(context.Attribute(IsTrue(context, context.Inputs[0]) ? "then_branch" : "else_branch").Function, [.. context.Inputs.Skip(1)]);

    private static Tensor[] Case(OperationContext context)
    {
        var branches = context.Attribute("branches").List;
        if (branches.Count == 0)
        {
            throw context.Fail("there are no branches");
        }

        // An index outside the list means the last branch.
        var index = context.IntValue(0);
        var branch = index >= 0 && index < branches.Count ? (int)index : branches.Count - 1;
        return context.Call(branches[branch].Function, [.. context.Inputs.Skip(1)]);
    }

    private static Tensor[] While(OperationContext context)
    {
        var condition = context.Attribute("cond").Function;
        var body = context.Attribute("body").Function;
        Tensor[] state = [.. context.Inputs];
        while (context.Call(condition, state) is var verdict && (verdict.Length == 1 ? IsTrue(context, verdict[0]) : throw context.Fail($"the condition gives {verdict.Length} values; one is expected")))
        {
            var next = context.Call(body, state);
            if (next.Length != state.Length)
            {
                throw context.Fail($"the body gives {next.Length} values; {state.Length} are expected");
            }

            state = next;
        }

        return state;
    }

    /// <summary>TensorFlow's truth: a scalar that is not zero or an empty string, or a tensor with elements.</summary>
    private static bool IsTrue(OperationContext context, Tensor value)
    {
        if (value.Shape.Rank > 0)
        {
            return value.Count > 0;
        }

        return value.Type switch
        {
            DataType.Bool => value.AsSpan<bool>()[0],
            DataType.Float32 => value.AsSpan<float>()[0] != 0,
            DataType.Float64 => value.AsSpan<double>()[0] != 0,
            DataType.UInt8 => value.AsSpan<byte>()[0] != 0,
            DataType.Int16 => value.AsSpan<short>()[0] != 0,
            DataType.Int32 => value.AsSpan<int>()[0] != 0,
            DataType.Int64 => value.AsSpan<long>()[0] != 0,
            DataType.Int8 => value.AsSpan<sbyte>()[0] != 0,
            DataType.String => value.AsSpan<byte[]>()[0].Length > 0,
            _ => throw context.Fail($"a value of {Tensor.NameOf(value.Type)} can not decide a branch"),
        };
    }

    private static Tensor[] ExecutorsWork(OperationContext context) =>
        throw context.Fail("dead tensors are the executor's; the operation has no kernel of its own");
}
