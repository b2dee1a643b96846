namespace MlTransfer.ML.Persistence;

/// <summary>Names of the columns inside a saved chain. Part of the format of saved models: they must not change.</summary>
internal static class SavedColumns
{
    public const string Image = "MlTransfer.Image";
    public const string Key = "MlTransfer.Key";
    public const string State = "MlTransfer.State";

    /// <summary>Followed by the place of the bit that the part's size is.</summary>
    public const string Part = "MlTransfer.Part";

    /// <summary>The one value of <see cref="Key"/>.</summary>
    public const string KeyValue = "state";
}
