using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>An attribute of an operation.</summary>
/// <param name="Name">Name in TensorFlow's registration.</param>
/// <param name="Kind">What it holds; for a list, what its elements hold.</param>
/// <param name="IsList">Whether it is a list.</param>
/// <param name="AllowedTypes">Element types allowed, or null for any.</param>
/// <param name="AllowedTexts">Texts allowed, or null for any.</param>
/// <param name="Default">The registered default, or null where a node must state a value.</param>
internal sealed record AttributeDefinition(
    string Name,
    AttributeKind Kind,
    bool IsList,
    IReadOnlyList<DataType>? AllowedTypes,
    IReadOnlyList<string>? AllowedTexts,
    AttributeValue? Default);
