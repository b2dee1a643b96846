using MlTransfer.Trainers;
using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Networks;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How a head is fitted.</summary>
internal sealed record TrainRequest
{
    /// <summary>"lbfgs", "sgd", "adam", "rmsprop", "adagrad", "centroid" or "knn".</summary>
    public required string Trainer { get; init; }

    /// <summary>Strength of the L2 penalty (L-BFGS).</summary>
    public required double L2 { get; init; }

    /// <summary>Most iterations (L-BFGS).</summary>
    public required int MaxIterations { get; init; }

    /// <summary>How much the images of each label count (L-BFGS); null where all count the same.</summary>
    public ClassWeightRequest? ClassWeights { get; init; }

    /// <summary>How to fit in mini-batches; null for other trainers.</summary>
    public MiniBatchRequest? MiniBatch { get; init; }

    /// <summary>Hidden layers, fitted in mini-batches; null for none.</summary>
    public HiddenRequest? Hidden { get; init; }

    /// <summary>How features are compared; null for trainers that do not.</summary>
    public SimilarityRequest? Similarity { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>How rows are split.</summary>
    public required SplitRequest Split { get; init; }

    /// <summary>What to find out beside the head.</summary>
    public EvaluationRequest Evaluation { get; init; } = new();

    /// <summary>The trainer for so many training rows; a schedule that falls over the whole fit depends on them.</summary>
    public IHeadTrainer CreateTrainer(IReadOnlyList<string> labels, int rows) => (Similarity, MiniBatch, Hidden) switch
    {
        ({ } how, _, _) when Trainer == "knn" => new NeighbourTrainer(new NeighbourOptions
        {
            Labels = labels, Neighbours = how.Neighbours, Weighting = how.Weighting, Metric = how.Metric, Threads = Threads,
        }),
        ({ } how, _, _) => new CentroidTrainer(new CentroidOptions { Labels = labels, Metric = how.Metric, Threads = Threads }),
        (_, { } miniBatch, { } hidden) => new NetworkTrainer(new NetworkOptions
        {
            Hidden = hidden.Units,
            Dropout = hidden.Dropout,

            // retrain.py's small numbers are for a single layer; behind one another they would leave nothing to learn from.
            MiniBatches = miniBatch.Options(labels, rows) with { Initialization = WeightInitialization.GlorotUniform },
            Threads = Threads,
        }),
        (_, { } miniBatch, _) => new MiniBatchTrainer(miniBatch.Options(labels, rows)),
        _ => new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions
        {
            Labels = labels,
            L2 = L2,
            MaxIterations = MaxIterations,
            Threads = Threads,
            ClassWeighting = ClassWeights is null ? ClassWeighting.None : ClassWeighting.Balanced,
        }),
    };

    /// <summary>The options of a trainer made by <see cref="CreateTrainer"/>, for the head file.</summary>
    public IReadOnlyDictionary<string, string> Describe(IHeadTrainer trainer) =>
        MiniBatch is null ? trainer.Options : new Dictionary<string, string>(trainer.Options) { ["preset"] = MiniBatch.Preset };
}
