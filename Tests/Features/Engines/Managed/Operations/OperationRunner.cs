using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Graphs;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations;

/// <summary>Runs one operation on constants.</summary>
internal static class OperationRunner
{
    public static Tensor Run(string op, Tensor[] inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var builder = new GraphBuilder();
        for (var i = 0; i < inputs.Length; i++)
        {
            builder.Const($"c{i}", inputs[i]);
        }

        var graph = builder.Node("y", op, [.. inputs.Select((_, i) => $"c{i}")], attributes).Build();
        using var session = new ReferenceEngine().Compile(graph, [], ["y"]);
        return session.Run([])[0];
    }
}
