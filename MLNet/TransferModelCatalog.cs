using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.ML.Persistence;

namespace MlTransfer.ML;

/// <summary>Loading of models that <c>ml.Model.Save</c> wrote.</summary>
public static class TransferModelCatalog
{
    private static readonly TransformerScope[] s_scopes = [TransformerScope.Training, TransformerScope.Testing, TransformerScope.Scoring];

    /// <summary>
    /// Makes the parts of saved models known to a context; call it once, before <c>ml.Model.Load</c> (or before the context is handed to a
    /// <c>PredictionEnginePool</c>).
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="options">Where and how the networks of loaded models run, from now on and in the whole process; null leaves that as it is.</param>
    public static void RegisterTransferModels(this MLContext context, LoadedModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.ComponentCatalog.RegisterAssembly(typeof(TransferModelCatalog).Assembly);
        if (options is not null)
        {
            LoadedNetworks.Configure(options);
        }
    }

    /// <summary>
    /// Puts back the transformers that a loaded model was saved with. What <c>ml.Model.Load</c> gives computes the same values, but image by image, and its
    /// columns do not tell their origin; restored, features are computed in batches, <see cref="LoadedModelOptions.CacheFolder"/> is used in walks, and heads can
    /// be saved as head files.
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="model">What <c>ml.Model.Load</c> gave. Parts that are not of this library stay as they are.</param>
    /// <returns>The model, or the same object where it has no such parts.</returns>
    /// <exception cref="InvalidDataException">The network of its features is not to be found.</exception>
    public static ITransformer RestoreTransferModel(this MLContext context, ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        if (model is not IEnumerable<ITransformer> parts)
        {
            return model;
        }

        var chain = parts.ToArray();
        if (SavedFeatures.StateOf(chain) is { } state)
        {
            return LoadedNetworks.Restore(state, new ExecutionProbe(context.Transforms));
        }

        if (SavedHead.Restore(chain) is { } head)
        {
            return head;
        }

        var restored = Array.ConvertAll(chain, part => RestoreTransferModel(context, part));
        return restored.SequenceEqual(chain) ? model : new TransformerChain<ITransformer>(restored, Scopes(model, chain));
    }

    /// <summary>When each part of a chain applies; a chain tells by what it leaves out.</summary>
    private static TransformerScope[] Scopes(ITransformer model, ITransformer[] parts)
    {
        var scopes = new TransformerScope[parts.Length];
        if (model is not TransformerChain<ITransformer> chain)
        {
            Array.Fill(scopes, TransformerScope.Everything);
            return scopes;
        }

        foreach (var scope in s_scopes)
        {
            var next = 0;
            foreach (var kept in chain.GetModelFor(scope))
            {
                next = Array.FindIndex(parts, next, part => ReferenceEquals(part, kept));
                scopes[next++] |= scope;
            }
        }

        return scopes;
    }
}
