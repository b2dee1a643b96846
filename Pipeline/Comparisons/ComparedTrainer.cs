using MlTransfer.Pipeline.Jobs;

namespace MlTransfer.Pipeline.Comparisons;

/// <summary>A way to fit heads that is compared.</summary>
/// <param name="Name">How the table calls it.</param>
/// <param name="Request">The way.</param>
internal sealed record ComparedTrainer(string Name, TrainRequest Request);
