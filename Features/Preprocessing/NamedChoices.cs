namespace MlTransfer.Features.Preprocessing;

/// <summary>The names of an enumeration's values as a user types them, both ways.</summary>
/// <param name="what">What is chosen, for the error message ("resize method").</param>
/// <param name="names">Every value with its one name.</param>
internal sealed class NamedChoices<T>(string what, params (T Value, string Name)[] names)
    where T : struct, Enum
{
    /// <summary>All names, in the order declared.</summary>
    public IReadOnlyList<string> All { get; } = [.. names.Select(pair => pair.Name)];

    /// <summary>The name of a value.</summary>
    public string NameOf(T value)
    {
        foreach (var (candidate, name) in names)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
            {
                return name;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, $"No {what} has this number.");
    }

    /// <summary>Finds the value of a name, whatever its case.</summary>
    public bool TryParse(string? text, out T value)
    {
        foreach (var (candidate, name) in names)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Finds the value of a name or says which names there are.</summary>
    public T Parse(string text) => TryParse(text, out var value)
        ? value
        : throw new FormatException($"'{text}' is not a {what}; choose one of {string.Join(", ", All)}.");
}
