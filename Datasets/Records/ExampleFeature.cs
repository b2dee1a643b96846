namespace MlTransfer.Datasets.Records;

/// <summary>The values that a tf.train.Example keeps under one name; at most one of the lists has any.</summary>
/// <param name="Texts">Byte strings.</param>
/// <param name="Floats">Float32 numbers.</param>
/// <param name="Integers">Whole numbers.</param>
public sealed record ExampleFeature(IReadOnlyList<ReadOnlyMemory<byte>> Texts, float[] Floats, long[] Integers);
