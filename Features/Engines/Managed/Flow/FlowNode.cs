using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Flow;

/// <summary>A node while the graph is rewritten. Compared by identity.</summary>
internal sealed class FlowNode
{
    private Tensor[]? _constants;

    /// <summary>Makes a node.</summary>
    /// <param name="source">The bound node it stands for; for what passes make, the node whose result it gives.</param>
    /// <param name="inputs">Data inputs.</param>
    public FlowNode(BoundNode source, IEnumerable<FlowTensor> inputs)
    {
        Source = source;
        Inputs = [.. inputs];
    }

    /// <summary>The bound node.</summary>
    public BoundNode Source { get; }

    /// <summary>Name of the node whose result this gives.</summary>
    public string Name => Source.Name;

    /// <summary>Operation type; for a fused node still that of the node it began as.</summary>
    public string Op => Source.IsFeed ? string.Empty : Source.Op;

    /// <summary>Data inputs.</summary>
    public List<FlowTensor> Inputs { get; }

    /// <summary>Element types of the outputs.</summary>
    public IReadOnlyList<DataType> OutputTypes => Source.OutputTypes;

    /// <summary>The outputs' values where they are known when compiling; coded ones are decoded when first asked for.</summary>
    public Tensor[]? Constants
    {
        get => _constants ??= Coded is null ? null : [Coded.Decode()];
        set => _constants = value;
    }

    /// <summary>The output's value as bytes that stand for floats, where the graph has it so.</summary>
    public CodedTensor? Coded { get; set; }

    /// <summary>Whether the outputs' values are known when compiling.</summary>
    public bool IsConstant => _constants is not null || Coded is not null;

    /// <summary>What a fused node does; null for one that is still a plain operation.</summary>
    public FusedOperation? Fused { get; set; }

    /// <summary>An attribute.</summary>
    public AttributeValue Attribute(string name) => Source.Attributes[name];

    /// <summary>Whether the layout attribute, where there is one, says NHWC.</summary>
    public bool IsNhwc => !Source.Attributes.TryGetValue("data_format", out var format) || format.Text == "NHWC";

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);
}
