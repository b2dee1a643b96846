namespace MlTransfer.Pipeline.Jobs;

/// <summary>Rules by which rows are split.</summary>
internal enum SplitKind
{
    /// <summary>By a hash of the path, as retrain.py: an image stays in its subset whatever else is added.</summary>
    Hash,

    /// <summary>By chance from a seed, each label in proportion.</summary>
    Stratified,
}
