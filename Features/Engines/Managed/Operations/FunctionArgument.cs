namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>The operation that stands for an argument in a function's body; its value is always fed.</summary>
internal static class FunctionArgument
{
    /// <summary>Its name; files can not hold it as it is registered with no kernel that runs unfed.</summary>
    public const string Op = "_Arg";

    /// <summary>Its definition.</summary>
    public static OperationDefinition Definition { get; } = OperationDefinition.Define(
        $"{Op}() -> (output: T)", ["T: type"], context => throw context.Fail("an argument has no value outside a function"));
}
