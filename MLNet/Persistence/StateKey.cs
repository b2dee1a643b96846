using Microsoft.ML.Data;

namespace MlTransfer.ML.Persistence;

/// <summary>A column of one text throughout, by which a <c>ValueMapping</c> finds the state.</summary>
internal sealed class StateKey
{
    [ColumnName(SavedColumns.Key)]
    public ReadOnlyMemory<char> Value { get; set; }
}
