namespace MlTransfer.Features.Extraction;

/// <summary>What an extraction did.</summary>
/// <param name="Images">Images in the data set.</param>
/// <param name="Computed">Images that went through the network.</param>
/// <param name="Reused">Images whose features were in the cache already, or that are copies of another image.</param>
/// <param name="Faults">Images that could not be read, in the data set's order.</param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="ImagesPerSecond">Images computed a second of wall time, file to saved row; 0 where none was.</param>
public sealed record ExtractionResult(
    int Images, int Computed, int Reused, IReadOnlyList<ImageFault> Faults, TimeSpan Elapsed, double ImagesPerSecond);
