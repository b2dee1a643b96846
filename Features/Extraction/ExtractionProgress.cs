namespace MlTransfer.Features.Extraction;

/// <summary>How far an extraction is.</summary>
/// <param name="Done">Images dealt with: computed, reused or faulty.</param>
/// <param name="Total">Images in the data set.</param>
/// <param name="Computed">Images that went through the network.</param>
/// <param name="Reused">Images whose features were in the cache.</param>
/// <param name="Faults">Images that could not be read.</param>
/// <param name="Saved">Images whose features are safe on the disk.</param>
/// <param name="ImagesPerSecond">Images computed a second since the first began; 0 before.</param>
/// <param name="TimeLeft">Time left at this rate, or null while not known.</param>
public sealed record ExtractionProgress(
    int Done, int Total, int Computed, int Reused, int Faults, int Saved, double ImagesPerSecond, TimeSpan? TimeLeft);
