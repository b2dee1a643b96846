using System.Reflection;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Passes;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Exports;

/// <summary>What an exporter begins with: the part of a graph that is asked for, constants computed, scales and shifts folded into products.</summary>
internal sealed class ExportGraph
{
    private readonly Dictionary<FlowNode, FlowTensor> _weights = [];

    private ExportGraph(BoundGraph bound, FlowGraph flow)
    {
        Bound = bound;
        Flow = flow;
    }

    /// <summary>Name and version of this program, as files that it writes say it.</summary>
    public static string Program { get; } = $"mltransfer {typeof(ExportGraph).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    /// <summary>The graph as it was bound.</summary>
    public BoundGraph Bound { get; }

    /// <summary>The graph as it was simplified. What only checks (CheckNumerics, Assert) is not part of it unless a value goes through.</summary>
    public FlowGraph Flow { get; }

    /// <summary>Prepares a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="feeds">Tensors that become inputs.</param>
    /// <param name="fetches">Tensors that become outputs.</param>
    /// <param name="format">What the format is called in messages.</param>
    /// <exception cref="GraphFormatException">The graph is not legal or a name is not in it.</exception>
    /// <exception cref="OperationException">A node can not run, or decides at run time which others do.</exception>
    public static ExportGraph Of(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, string format)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(feeds);
        ArgumentNullException.ThrowIfNull(fetches);
        ArgumentOutOfRangeException.ThrowIfZero(fetches.Count);
        var bound = GraphBinder.Bind(graph, feeds, fetches);
        if (ControlFlow.FirstUse(bound) is { } node)
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}) can not be written as {format}: graphs that branch, loop or call functions while they run are not");
        }

        var flow = FlowGraph.Of(bound);
        var result = new ExportGraph(bound, flow);
        flow.Effects.Clear();
        flow.Prune();
        Run(flow, new IdentityRemoval(), new ConstantFolding());
        foreach (var product in flow.Nodes.Where(candidate => candidate.Op is "Conv2D" or "DepthwiseConv2dNative" or "MatMul"))
        {
            result._weights.Add(product, product.Inputs[1]);
        }

        Run(flow, new ProductForming(), new PaddingFolding(), new AffineFolding());
        return result;
    }

    /// <summary>The constant weights of a fused product, in the graph's order, without its scale.</summary>
    public Tensor Weights(FlowNode product) => _weights[product].Constant!;

    /// <summary>The same as bytes, where the graph keeps them so; else null.</summary>
    public QuantizedConstant? Quantized(FlowNode product) => QuantizedConstant.Of(_weights[product].Node);

    /// <summary>Name of a tensor where formats have no "node:0": "node", or "node:1" for a further output.</summary>
    public static string NameOf(string tensor)
    {
        var input = NodeInput.Parse(tensor);
        return input.Index == 0 ? input.Node : input.ToString();
    }

    private static void Run(FlowGraph flow, params ReadOnlySpan<IPass> passes)
    {
        foreach (var pass in passes)
        {
            pass.Run(flow);
            flow.Prune();
        }
    }
}
