using Microsoft.ML.Data;

namespace MlTransfer.ML.Persistence;

/// <summary>The bytes of a file and the state.</summary>
internal sealed class BytesAndState
{
    [ColumnName(SavedColumns.Image)]
    public VBuffer<byte> Image { get; set; }

    [ColumnName(SavedColumns.State)]
    public ReadOnlyMemory<char> State { get; set; }
}
