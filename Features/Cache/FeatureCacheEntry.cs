using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Cache;

/// <summary>One image of a feature cache.</summary>
/// <param name="Path">The image's name, relative to its data set's root, with '/'.</param>
/// <param name="Label">Its class.</param>
/// <param name="Hash">Its content.</param>
/// <param name="Row">Row of the matrix that holds its features, from 0; several paths of one content share a row.</param>
public sealed record FeatureCacheEntry(string Path, string Label, ContentHash Hash, int Row);
