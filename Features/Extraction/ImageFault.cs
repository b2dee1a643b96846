namespace MlTransfer.Features.Extraction;

/// <summary>An image that could not be read.</summary>
/// <param name="Path">Path as the data set names it.</param>
/// <param name="Reason">What was found and what was expected.</param>
public sealed record ImageFault(string Path, string Reason);
