namespace MlTransfer.Features.Graphs.SavedModels;

/// <summary>A SavedModel as far as inference goes: one graph and its signatures. Immutable; safe from any thread.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Signatures">Signatures by name, most often <see cref="ModelSignature.ServingName"/>.</param>
public sealed record SavedModel(Graph Graph, IReadOnlyDictionary<string, ModelSignature> Signatures);
