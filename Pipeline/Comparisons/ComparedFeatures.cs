using MlTransfer.Pipeline.Jobs;

namespace MlTransfer.Pipeline.Comparisons;

/// <summary>Features that heads are compared on: of one tap of one backbone.</summary>
/// <param name="Model">The backbone.</param>
/// <param name="Tap">The tap.</param>
/// <param name="Dimension">Features an image.</param>
/// <param name="ExtractionSeconds">Time the pass over the images took that computed them; null where they were there already.</param>
/// <param name="Paths">Images that there are features of, in order.</param>
/// <param name="Load">Reads the rows of some images; called once a comparison, so that only one tap's features are in memory.</param>
internal sealed record ComparedFeatures(
    string Model, string Tap, int Dimension, double? ExtractionSeconds, IReadOnlyList<string> Paths, Func<IReadOnlyList<string>, LabeledFeatures> Load);
