using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>A tensor whose value the caller gives.</summary>
/// <param name="Name">Its canonical name, "node:index".</param>
/// <param name="Type">Element type expected; Invalid for any.</param>
/// <param name="Shape">Shape expected.</param>
internal sealed record BoundFeed(string Name, DataType Type, PartialShape Shape)
{
    /// <summary>Refuses a value of another type or shape.</summary>
    /// <exception cref="OperationException">It is.</exception>
    public void Check(Tensor value)
    {
        if (Type != DataType.Invalid && value.Type != Type)
        {
            throw new OperationException(
                $"feed '{Name}': a tensor of {Tensor.NameOf(value.Type)} {value.Shape} was given; {Tensor.NameOf(Type)} {Shape} is expected");
        }

        if (!Shape.Allows(value.Shape))
        {
            throw new OperationException($"feed '{Name}': a tensor of shape {value.Shape} was given; {Shape} is expected");
        }
    }
}
