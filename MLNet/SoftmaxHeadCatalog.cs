using Microsoft.ML;
using MlTransfer.ML.Heads;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.ML;

/// <summary>Softmax heads as ML.NET trainers and transformers.</summary>
public static class SoftmaxHeadCatalog
{
    /// <summary>A trainer of a softmax layer by L-BFGS to the optimum, the same as the command line's.</summary>
    /// <param name="catalog">The context's multiclass trainers.</param>
    /// <param name="labelColumnName">Column of the classes, a key.</param>
    /// <param name="featureColumnName">Column of the features, a vector of Single of known size.</param>
    public static SoftmaxHeadTrainer SoftmaxHead(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, string labelColumnName, string featureColumnName = "Features") =>
        catalog.SoftmaxHead(new SoftmaxHeadOptions { LabelColumnName = labelColumnName, FeatureColumnName = featureColumnName });

    /// <summary>A trainer of a softmax layer.</summary>
    /// <param name="catalog">The context's multiclass trainers.</param>
    /// <param name="options">Columns and how to fit; null for the defaults.</param>
    public static SoftmaxHeadTrainer SoftmaxHead(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, SoftmaxHeadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new SoftmaxHeadTrainer(catalog, options ?? new SoftmaxHeadOptions());
    }

    /// <summary>A head file as a transformer.</summary>
    /// <param name="catalog">The context's multiclass operations.</param>
    /// <param name="path">A file that <c>train-head</c> or <c>retrain</c> of the command line, or <see cref="ClassifierHead.Save"/>, wrote.</param>
    /// <param name="featureColumnName">Column of the features. Where it tells its origin (as of <c>ExtractBottleneckFeatures</c>), another one than the head's is refused.</param>
    /// <exception cref="InvalidDataException">Not a head file, damaged, of a later version, or of another kind of head than softmax.</exception>
    /// <remarks>
    /// Its classes keep the order of the file. <c>Evaluate</c> compares keys by number, so labels must be mapped in that order too: let <c>MapValueToKey</c>
    /// take <see cref="SoftmaxHeadTransformer.Head"/>'s labels as <c>keyData</c>.
    /// </remarks>
    public static SoftmaxHeadTransformer LoadSoftmaxHead(this MulticlassClassificationCatalog catalog, string path, string featureColumnName = "Features")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(featureColumnName);
        var head = ClassifierHead.Load(path) as SoftmaxHead
            ?? throw new InvalidDataException($"{path}: the head is of another kind than softmax; ML.NET pipelines take softmax heads. Fit one with train-head --trainer lbfgs.");
        return SoftmaxHeadTransformer.Of(head, featureColumnName);
    }
}
