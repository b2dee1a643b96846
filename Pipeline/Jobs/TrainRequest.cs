using MlTransfer.Trainers;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Networks;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How a head is fitted.</summary>
internal sealed record TrainRequest
{
    /// <summary>"lbfgs", "sdca", "sgd", "adam", "rmsprop", "adagrad", "centroid" or "knn".</summary>
    public required string Trainer { get; init; }

    /// <summary>The objective, and how L-BFGS and SDCA minimise it; the warm start is for mini-batches too.</summary>
    public required SoftmaxRequest Softmax { get; init; }

    /// <summary>How to fit in mini-batches; null for other trainers.</summary>
    public MiniBatchRequest? MiniBatch { get; init; }

    /// <summary>Hidden layers, fitted in mini-batches; null for none.</summary>
    public HiddenRequest? Hidden { get; init; }

    /// <summary>How features are compared; null for trainers that do not.</summary>
    public SimilarityRequest? Similarity { get; init; }

    /// <summary>How rows are split.</summary>
    public required SplitRequest Split { get; init; }

    /// <summary>What to find out beside the head.</summary>
    public EvaluationRequest Evaluation { get; init; } = new();

    /// <summary>The head whose weights are started from; null to start anew.</summary>
    public ClassifierHead? WarmStart => Softmax.WarmStart;

    /// <summary>Threads.</summary>
    public int Threads
    {
        get => Softmax.Threads;
        init => Softmax = Softmax with { Threads = value };
    }

    /// <summary>
    /// The same for folds of a cross-validation: they run at once, so each takes one thread, and none is started from a head that may have seen what it is
    /// tested on.
    /// </summary>
    public TrainRequest ForFolds() => this with { Softmax = Softmax with { Threads = 1, WarmStart = null } };

    /// <summary>The trainer for so many training rows; a schedule that falls over the whole fit, and scikit-learn's C, depend on them.</summary>
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
        (_, { } miniBatch, _) => new MiniBatchTrainer(miniBatch.Options(labels, rows) with { InitialWeights = Softmax.WarmStart?.WeightsFor(labels) }),
        _ => Softmax.CreateTrainer(labels, rows),
    };

    /// <summary>The options of a trainer made by <see cref="CreateTrainer"/>, and what the fit itself chose, for the head file.</summary>
    public IReadOnlyDictionary<string, string> Describe(IHeadTrainer trainer, HeadFit fit)
    {
        var texts = new Dictionary<string, string>(trainer.Options);
        foreach (var (name, text) in fit.ChosenOptions)
        {
            texts[name] = text;
        }

        if (MiniBatch is { } miniBatch)
        {
            texts["preset"] = miniBatch.Preset;
        }

        return texts;
    }
}
