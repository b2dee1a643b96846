using System.Collections.Frozen;

namespace MlTransfer.Datasets.Pickles;

/// <summary>The only names that a pickle may refer to: those that pickled NumPy arrays, bytes and dictionaries need, in Python 2 and 3 and NumPy 1 and 2.</summary>
internal static class PickleAllowList
{
    private static readonly FrozenDictionary<(string Module, string Name), PickleGlobal> Names = new Dictionary<(string, string), PickleGlobal>
    {
        [("numpy", "ndarray")] = PickleGlobal.NdArray,
        [("numpy", "dtype")] = PickleGlobal.DType,
        [("numpy.core.multiarray", "_reconstruct")] = PickleGlobal.Reconstruct,
        [("numpy._core.multiarray", "_reconstruct")] = PickleGlobal.Reconstruct,
        [("numpy.core.multiarray", "scalar")] = PickleGlobal.Scalar,
        [("numpy._core.multiarray", "scalar")] = PickleGlobal.Scalar,
        [("numpy.core.numeric", "_frombuffer")] = PickleGlobal.FromBuffer,
        [("numpy._core.numeric", "_frombuffer")] = PickleGlobal.FromBuffer,
        [("_codecs", "encode")] = PickleGlobal.Encode,
        [("builtins", "bytes")] = PickleGlobal.Bytes,
        [("__builtin__", "bytes")] = PickleGlobal.Bytes,
        [("builtins", "bytearray")] = PickleGlobal.ByteArray,
        [("__builtin__", "bytearray")] = PickleGlobal.ByteArray,
        [("collections", "OrderedDict")] = PickleGlobal.OrderedDict,
    }.ToFrozenDictionary();

    /// <summary>Finds a name.</summary>
    /// <exception cref="InvalidDataException">It is not on the list.</exception>
    public static PickleGlobal Find(string module, string name) => Names.TryGetValue((module, name), out var global)
        ? global
        : throw new InvalidDataException(
            $"it refers to {Shorten(module)}.{Shorten(name)}, which is not on the list of what a pickle of arrays needs; nothing of it was executed. Load it in Python if you trust it, and save NumPy arrays.");

    private static string Shorten(string text) => new([.. text.Take(60).Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
