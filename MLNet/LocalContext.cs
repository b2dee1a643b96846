using Microsoft.ML;

namespace MlTransfer.ML;

/// <summary>
/// A context of our own. ML.NET's catalogs do not hand out theirs, and building saved models, borrowing columns of schemas and making small data needs none
/// in particular.
/// </summary>
internal static class LocalContext
{
    public static MLContext Instance { get; } = new(seed: 0);
}
