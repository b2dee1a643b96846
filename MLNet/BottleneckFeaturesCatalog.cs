using Microsoft.ML;
using MlTransfer.ML.Extraction;

namespace MlTransfer.ML;

/// <summary>Features of a frozen network as a step of an ML.NET pipeline.</summary>
public static class BottleneckFeaturesCatalog
{
    /// <summary>Computes the features of images: one <c>Vector&lt;Single&gt;</c> of known size a row.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">
    /// The new column. Annotations <c>Backbone</c>, <c>SourceGraph</c> (SHA-256 of the graph's file), <c>Tap</c> (tensor) and <c>Preprocessing</c> say where
    /// the features come from.
    /// </param>
    /// <param name="imageColumn">Text (path of an image file), vector of Byte (its bytes) or image (<c>MLImage</c>); null: the output column's name.</param>
    /// <param name="options">Network, cache and batch; null for the defaults.</param>
    /// <remarks>
    /// <para>Nothing is computed before a row's features are asked for. A cursor reads ahead and computes in batches although ML.NET asks row by row; rows keep
    /// their order, cursors may run in parallel. A path and the bytes of the same file give the same bits. An <c>MLImage</c> was decoded by Skia, whose
    /// JPEG pixels differ by some levels from TensorFlow's, so its features differ a little; its alpha is dropped.</para>
    /// <para>Estimator and transformer are thread-safe.</para>
    /// </remarks>
    public static BottleneckFeaturesEstimator ExtractBottleneckFeatures(
        this TransformsCatalog catalog, string outputColumnName, string? imageColumn = null, BottleneckFeaturesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        return new BottleneckFeaturesEstimator(new ExecutionProbe(catalog), outputColumnName, imageColumn ?? outputColumnName, options ?? new BottleneckFeaturesOptions());
    }
}
