using System.Text;

namespace MlTransfer.Datasets.Pickles;

/// <summary>What REDUCE gives for each allowed name. Nothing is called: each form of arguments that NumPy and Python write is recognised and built here.</summary>
/// <param name="budget">Characters and entries that may be converted; a pickle can ask for the same value to be converted again and again.</param>
internal sealed class PickleCalls(long budget)
{
    private long _left = budget;

    /// <summary>Builds what a name and its arguments stand for.</summary>
    /// <exception cref="InvalidDataException">Arguments that are not written by Python or NumPy.</exception>
    public object Reduce(object callable, object arguments)
    {
        if (callable is not PickleGlobal global || arguments is not object[] values)
        {
            throw new InvalidDataException($"{PickledKind.Of(callable)} is used as a function, with {PickledKind.Of(arguments)}.");
        }

        return (global, values) switch
        {
            (PickleGlobal.Reconstruct, [PickleGlobal.NdArray, object[], _]) => new PickledArray(),
            (PickleGlobal.DType, [var code, ..]) when PickledKind.AsName(code) is { } text && values.Length <= 3 => new PickledDType(text),
            (PickleGlobal.Scalar, [PickledDType type, ReadOnlyMemory<byte> data]) => Scalar(type, data),
            (PickleGlobal.FromBuffer, _) => PickledArray.FromBuffer(values),
            (PickleGlobal.Encode, [string text, string codec]) => Encode(text, codec),
            (PickleGlobal.Bytes or PickleGlobal.ByteArray, []) => ReadOnlyMemory<byte>.Empty,
            (PickleGlobal.Bytes or PickleGlobal.ByteArray, [ReadOnlyMemory<byte> data]) => data,
            (PickleGlobal.ByteArray, [string text, string codec]) => Encode(text, codec),
            (PickleGlobal.OrderedDict, []) => new PickledDictionary(),
            (PickleGlobal.OrderedDict, [List<object> pairs]) => Dictionary(pairs),
            _ => throw new InvalidDataException(
                $"{global} is given ({string.Join(", ", values.Take(6).Select(PickledKind.Of))}), which is not what Python and NumPy write; nothing of it was executed."),
        };
    }

    private static PickledScalar Scalar(PickledDType type, ReadOnlyMemory<byte> data)
    {
        var elements = type.Resolve();
        return data.Length == elements.ItemBytes
            ? new PickledScalar(elements, data)
            : throw new InvalidDataException($"a scalar of type {elements.Descr} has {data.Length} bytes; {elements.ItemBytes} were expected.");
    }

    private PickledDictionary Dictionary(List<object> pairs)
    {
        Spend(pairs.Count);
        var dictionary = new PickledDictionary();
        foreach (var pair in pairs)
        {
            var (key, value) = pair switch
            {
                List<object> { Count: 2 } items => (items[0], items[1]),
                object[] { Length: 2 } items => (items[0], items[1]),
                _ => throw new InvalidDataException($"an OrderedDict is made of {PickledKind.Of(pair)}; pairs were expected."),
            };
            dictionary.Set(key, value);
        }

        return dictionary;
    }

    private void Spend(long work)
    {
        _left -= work;
        if (_left < 0)
        {
            throw new InvalidDataException("the same value is converted again and again, into more than the whole file holds.");
        }
    }

    private ReadOnlyMemory<byte> Encode(string text, string codec)
    {
        Spend(text.Length);
        if (codec is not ("latin1" or "latin-1"))
        {
            throw new InvalidDataException("a text is to be encoded by something else than Latin-1, which Python uses.");
        }

        return text.AsSpan().IndexOfAnyExceptInRange('\0', '\u00ff') < 0
            ? Encoding.Latin1.GetBytes(text)
            : throw new InvalidDataException("a text that stands for bytes has characters beyond Latin-1.");
    }
}
