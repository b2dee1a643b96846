using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines.Managed;

/// <summary>Tells graphs that decide at run time which nodes run from those whose nodes all run.</summary>
internal static class ControlFlow
{
    private static readonly HashSet<string> s_operations = new(StringComparer.Ordinal) { "Switch", "RefSwitch", "Merge", "RefMerge", "Enter", "Exit", "NextIteration", "LoopCond" };

    /// <summary>Whether a graph has control flow, or calls functions, which may.</summary>
    public static bool IsUsed(BoundGraph graph) => FirstUse(graph) is not null;

    /// <summary>The first node that decides, or calls a function; null where none does.</summary>
    public static BoundNode? FirstUse(BoundGraph graph) => graph.Nodes.FirstOrDefault(node =>
        !node.IsFeed
        && (node.IsConditional || node.Fault is not null || node.Definition is null || s_operations.Contains(node.Op)
            || node.Attributes.Values.Any(NamesFunction)));

    private static bool NamesFunction(AttributeValue attribute) =>
        attribute.Kind == AttributeKind.Function || (attribute.Kind == AttributeKind.List && attribute.List.Any(NamesFunction));
}
