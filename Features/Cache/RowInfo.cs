using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Cache;

/// <summary>A usable row of the matrix: the content it belongs to and the CRC-32C of its bytes.</summary>
internal sealed record RowInfo(ContentHash Hash, uint Checksum);
