using Microsoft.ML.Data;

namespace MlTransfer.ML.Persistence;

/// <summary>A path and the state.</summary>
internal sealed class PathAndState
{
    [ColumnName(SavedColumns.Image)]
    public ReadOnlyMemory<char> Image { get; set; }

    [ColumnName(SavedColumns.State)]
    public ReadOnlyMemory<char> State { get; set; }
}
