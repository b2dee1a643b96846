namespace MlTransfer.Pipeline.Jobs;

/// <summary>Hidden layers of a head.</summary>
/// <param name="Units">Units of each, from the features on.</param>
/// <param name="Dropout">Share of outputs left out while training: none, one number, or one a layer.</param>
internal sealed record HiddenRequest(IReadOnlyList<int> Units, IReadOnlyList<double> Dropout);
