using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MlTransfer.ML.Persistence;

/// <summary>A decoded image and the state.</summary>
internal sealed class PixelsAndState
{
    [ColumnName(SavedColumns.Image)]
    // The size is only there because the attribute wants one: images of any size are bound.
    [ImageType(1, 1)]
    public MLImage? Image { get; set; }

    [ColumnName(SavedColumns.State)]
    public ReadOnlyMemory<char> State { get; set; }
}
