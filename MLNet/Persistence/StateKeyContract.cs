using Microsoft.ML.Transforms;

namespace MlTransfer.ML.Persistence;

/// <summary>Gives every row the key of the state.</summary>
[CustomMappingFactoryAttribute(Name)]
internal sealed class StateKeyContract : CustomMappingFactory<NoColumns, StateKey>
{
    public const string Name = "MlTransfer.StateKey.1";

    public override Action<NoColumns, StateKey> GetMapping() => (_, row) => row.Value = SavedColumns.KeyValue.AsMemory();
}
