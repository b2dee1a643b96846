using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML.Heads;

/// <summary>The classes that a label's keys stand for: their names, and the annotation they were told by, with its type.</summary>
internal sealed class KeyValues
{
    private static readonly MethodInfo s_copy = typeof(KeyValues).GetMethod(nameof(Copy), BindingFlags.Static | BindingFlags.NonPublic)!;

    private readonly Action<SchemaDefinition.Column> _addTo;

    private KeyValues(string[] names, Action<SchemaDefinition.Column> addTo)
    {
        Names = names;
        _addTo = addTo;
    }

    /// <summary>One name a class.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Classes known by their names alone.</summary>
    public static KeyValues Of(IReadOnlyList<string> names) => new(
        [.. names],
        target => target.AddAnnotation(
            KeyNames.Annotation,
            new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(name => name.AsMemory())]),
            new VectorDataViewType(TextDataViewType.Instance, names.Count)));

    /// <summary>The classes of a label column; where it has no key values, they are called "0", "1" ….</summary>
    public static KeyValues Of(DataViewSchema.Column label)
    {
        var names = KeyNames.Of(label);
        return KeyNames.TypeOf(label) is not { } type
            ? Of(names)
            : new KeyValues(names, (Action<SchemaDefinition.Column>)s_copy.MakeGenericMethod(type.ItemType.RawType).Invoke(null, [label, type])!);
    }

    /// <summary>Puts the annotation on a column of a schema definition.</summary>
    public void AddTo(SchemaDefinition.Column column) => _addTo(column);

    private static Action<SchemaDefinition.Column> Copy<T>(DataViewSchema.Column label, VectorDataViewType type)
    {
        VBuffer<T> values = default;
        label.GetKeyValues(ref values);
        return target => target.AddAnnotation(KeyNames.Annotation, values, type);
    }
}
