using System.Globalization;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>What temperature scaling did.</summary>
/// <param name="Temperature">What logits are divided by; above 1 the head was too sure.</param>
/// <param name="Validation">On the validation rows, which it was fitted on.</param>
/// <param name="Test">On the test rows, which it has not seen; null where there are none.</param>
internal sealed record CalibrationOutcome(double Temperature, CalibrationOutcome.Effect Validation, CalibrationOutcome.Effect? Test)
{
    /// <summary>Fits the temperature of a head; 1 where the validation rows do not tell any, which is said.</summary>
    /// <exception cref="TrainingDataException">There are no validation rows.</exception>
    public static double Fit(ClassifierHead head, TrainingRows validation, int threads, CommandOutput output)
    {
        if (validation.Features.Rows == 0)
        {
            throw new TrainingDataException("--calibrate fits the temperature on validation images; there are none. Keep some aside: --validation 0.1.");
        }

        if (TemperatureScaling.FitProbabilities(head.Predict(validation.Features, threads), validation.Labels.Span) is { } temperature)
        {
            return temperature;
        }

        output.Notice($"{validation.Features.Rows} validation images do not tell a temperature (all are predicted right, or none better than by chance); it stays 1. Keep more aside: --validation 0.2.");
        return 1;
    }

    /// <summary>Says what it did.</summary>
    public void Say(CommandOutput output)
    {
        output.Line(string.Create(CultureInfo.InvariantCulture, $"Calibrated: temperature {Temperature:0.0000}; {Validation.Describe("validation")}{(Test is null ? "" : "; " + Test.Describe("test"))}"));
    }

    /// <summary>Figures before and after.</summary>
    internal sealed record Effect(double LogLossBefore, double LogLossAfter, double ErrorBefore, double ErrorAfter)
    {
        /// <summary>Of two reports on the same rows.</summary>
        public static Effect Of(ClassificationReport before, ClassificationReport after) =>
            new(before.LogLoss, after.LogLoss, before.Calibration.ExpectedError, after.Calibration.ExpectedError);

        /// <summary>The figures in words.</summary>
        public string Describe(string rows) => string.Create(
            CultureInfo.InvariantCulture,
            $"{rows}: log loss {LogLossBefore:0.0000} → {LogLossAfter:0.0000}, calibration error {ErrorBefore:0.0000} → {ErrorAfter:0.0000}");
    }
}
