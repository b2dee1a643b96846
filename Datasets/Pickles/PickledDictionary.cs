namespace MlTransfer.Datasets.Pickles;

/// <summary>A dictionary. Entries with a name (a short text or Python 2 byte string) as key are kept; those with other keys are legal and counted for nothing.</summary>
internal sealed class PickledDictionary
{
    private Dictionary<string, object>? _entries;

    /// <summary>The keys that are names.</summary>
    public IReadOnlyCollection<string> Keys => _entries is null ? [] : _entries.Keys;

    /// <summary>Sets an entry; a later one replaces an earlier one.</summary>
    /// <exception cref="InvalidDataException">Python would not take this key.</exception>
    public void Set(object key, object value)
    {
        if (key is List<object> or PickledDictionary or PickledArray)
        {
            throw new InvalidDataException($"{PickledKind.Of(key)} is a key of a dictionary, which Python does not allow.");
        }

        if (PickledKind.AsName(key) is { } text)
        {
            (_entries ??= new(StringComparer.Ordinal))[text] = value;
        }
    }

    /// <summary>The value of a key, or null.</summary>
    public object? Get(string key) => _entries?.GetValueOrDefault(key);
}
