namespace MlTransfer.ML;

/// <summary>How far a walk over data with features is; told after each computed batch, on the walking thread.</summary>
/// <param name="Rows">Rows whose features were asked for so far, computed or not.</param>
/// <param name="TotalRows">Rows of the data, where it knows its number and one cursor walks it; null else.</param>
/// <param name="Computed">Images that went through the network in this walk.</param>
/// <param name="ImagesPerSecond">Images computed a second since the first was begun.</param>
public sealed record FeaturesProgress(long Rows, long? TotalRows, int Computed, double ImagesPerSecond);
