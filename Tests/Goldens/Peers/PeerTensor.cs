namespace MlTransfer.Goldens.Peers;

/// <summary>A tensor on its way to or from another program.</summary>
/// <param name="Type">Element type as JavaScript's packages name it: float32, int64, bool …</param>
/// <param name="Extents">Extents.</param>
/// <param name="Bytes">The elements, little-endian, in C order.</param>
public sealed record PeerTensor(string Type, IReadOnlyList<int> Extents, byte[] Bytes);
