using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations;

/// <summary>Attributes of nodes, written short.</summary>
internal static class OperationAttributes
{
    public static (string Name, AttributeValue Value) T(DataType type) => ("T", AttributeValue.Of(type));

    public static (string Name, AttributeValue Value) Of(string name, string value) => (name, AttributeValue.Of(value));

    public static (string Name, AttributeValue Value) Of(string name, bool value) => (name, AttributeValue.Of(value));

    public static (string Name, AttributeValue Value) Of(string name, long value) => (name, AttributeValue.Of(value));

    public static (string Name, AttributeValue Value) Of(string name, float value) => (name, AttributeValue.Of(value));

    public static (string Name, AttributeValue Value) Ints(string name, params long[] values) =>
        (name, AttributeValue.Of([.. values.Select(AttributeValue.Of)]));

    public static (string Name, AttributeValue Value) Texts(string name, params string[] values) =>
        (name, AttributeValue.Of([.. values.Select(AttributeValue.Of)]));
}
