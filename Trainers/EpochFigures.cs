namespace MlTransfer.Trainers;

/// <summary>How an epoch of mini-batch training went.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Steps">Steps done since the start of the fit.</param>
/// <param name="LearningRate">The rate of its last step.</param>
/// <param name="Loss">
/// Mean over its rows of the loss as it was before each step: weighted, with smoothed labels and penalty where there are any, as Keras' history tells it.
/// </param>
/// <param name="Accuracy">Share of its rows predicted right before each step, 0 … 1, without weights.</param>
/// <param name="ValidationLoss">Weighted mean cross-entropy on the validation rows after the epoch, without penalty and smoothing; null without validation rows.</param>
/// <param name="ValidationAccuracy">Share of the validation rows predicted right after the epoch; null without validation rows.</param>
public sealed record EpochFigures(
    int Epoch, int Steps, double LearningRate, double Loss, double Accuracy, double? ValidationLoss, double? ValidationAccuracy);
