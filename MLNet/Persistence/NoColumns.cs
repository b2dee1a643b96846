namespace MlTransfer.ML.Persistence;

/// <summary>What a mapping reads that needs nothing of its row.</summary>
internal sealed class NoColumns;
