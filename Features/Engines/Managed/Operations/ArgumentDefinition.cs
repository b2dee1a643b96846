using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>An input or output of an operation.</summary>
/// <param name="Name">Name in TensorFlow's registration.</param>
/// <param name="Type">The element type where it is fixed; Invalid where an attribute gives it.</param>
/// <param name="TypeAttribute">Attribute that gives the element type, or null.</param>
/// <param name="NumberAttribute">Attribute that gives how many tensors the argument stands for ("N * T"), or null for one.</param>
/// <param name="TypeListAttribute">Attribute that lists the element types of the tensors the argument stands for, or null.</param>
internal sealed record ArgumentDefinition(string Name, DataType Type, string? TypeAttribute, string? NumberAttribute, string? TypeListAttribute);
