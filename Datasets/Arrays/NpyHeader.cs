namespace MlTransfer.Datasets.Arrays;

/// <summary>What a .npy header says, checked: element type, shape, where the data begins and how many bytes it takes.</summary>
internal sealed record NpyHeader(NpyElementType Type, int[] Shape, int DataOffset, long DataBytes, bool FortranOrder);
