namespace MlTransfer.Datasets.Arrays;

/// <summary>What a .npy header says, checked: normalised type string, shape, where the data begins and how many bytes it takes.</summary>
internal sealed record NpyHeader(string Descr, int[] Shape, int DataOffset, long DataBytes, int ItemSize, bool BigEndian, bool FortranOrder);
