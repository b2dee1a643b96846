using System.Text.Json;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Trainers.Tests.Evaluation;

public sealed class ClassificationReportTests
{
    private static readonly string[] Labels = ["cat", "dog", "a class with a long name", "never seen"];

    private static readonly float[] Probabilities =
    [
        0.7f, 0.2f, 0.1f, 0,
        0.6f, 0.3f, 0.1f, 0,
        0.1f, 0.8f, 0.1f, 0,
        0.5f, 0.3f, 0.2f, 0,
    ];

    private static ClassificationReport Report() =>
        ClassificationReport.Create(Labels, [0, 1, 1, 2], Probabilities, ["a.jpg", "b.jpg", "c.jpg", "d.jpg"], [1, 2, 3]);

    [Fact]
    public void Counts_and_shares()
    {
        var report = Report();
        Assert.Equal(0.5, report.Accuracy);
        Assert.Equal([0.5, 0.75, 1], report.TopK.Select(top => top.Accuracy));
        Assert.Equal(-(Math.Log(0.7f) + Math.Log(0.3f) + Math.Log(0.8f) + Math.Log(0.2f)) / 4, report.LogLoss, 1e-12);
        Assert.Equal([1, 1, 0, 0], report.Confusion[1]);
        Assert.Equal((1 + 0.5 + 0) / 3, report.BalancedAccuracy, 1e-12);
        Assert.Equal(
            [new Misclassification(1, "b.jpg", "dog", "cat", 0.6f, 0.3f), new Misclassification(3, "d.jpg", "a class with a long name", "cat", 0.5f, 0.2f)],
            report.Misclassified);
    }

    [Fact]
    public void What_is_not_defined_is_null_and_a_dash()
    {
        var report = Report();
        Assert.Null(report.Classes[2].Precision);
        Assert.Equal(0, report.Classes[2].Recall);
        Assert.Equal(new ClassMetrics("never seen", 0, 0, 0, null, null, null, null, null), report.Classes[3]);

        // Three classes occur or are predicted; the one never predicted counts as zero, the one never seen not at all.
        Assert.Equal(((1 / 3.0) + 1 + 0) / 3, report.Macro.Precision, 1e-12);
        Assert.Contains("never seen                        –       –       –        0", report.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_the_text_are_aligned()
    {
        var lines = Report().ToText().Split('\n');
        var head = Array.FindIndex(lines, line => line.StartsWith("Class", StringComparison.Ordinal));
        Assert.Equal(lines[head].Length, lines[head + 1].Length);
        Assert.Single(lines.Skip(head).Take(7).Select(line => line.Length).Distinct());
        Assert.DoesNotContain(lines, line => line.EndsWith(' '));
    }

    [Fact]
    public void Long_lists_are_cut_and_counted()
    {
        var text = Report().ToText(maxMisclassified: 1, maxConfusionClasses: 3);
        Assert.Contains("… and 1 more", text, StringComparison.Ordinal);
        Assert.Contains("Confused most often", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Confusion matrix", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_break_in_a_label_does_not_break_the_tables()
    {
        var plain = ClassificationReport.Create(["a", "b c"], [0, 1, 1], [0.6f, 0.4f, 0.7f, 0.3f, 0.2f, 0.8f], ["x", "y z", "w"]).ToText();
        var broken = ClassificationReport.Create(["a", "b\nc"], [0, 1, 1], [0.6f, 0.4f, 0.7f, 0.3f, 0.2f, 0.8f], ["x", "y\rz", "w"]).ToText();
        Assert.Equal(plain.Replace("b c", "b\u240ac", StringComparison.Ordinal).Replace("y z", "y\u240dz", StringComparison.Ordinal), broken);
    }

    [Fact]
    public void Json_keeps_everything()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Report()));
        Assert.Equal(0.5, json.RootElement.GetProperty("Accuracy").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("Classes")[3].GetProperty("Recall").ValueKind);
        Assert.Equal(2, json.RootElement.GetProperty("Misclassified").GetArrayLength());
        Assert.Equal(1, json.RootElement.GetProperty("Confusion")[1][0].GetInt32());
    }

    [Fact]
    public void A_tie_goes_to_the_first_class_in_prediction_and_top_k()
    {
        var report = ClassificationReport.Create(["a", "b"], [0, 1], [0.5f, 0.5f, 0.5f, 0.5f], topK: [1, 2]);
        Assert.Equal(0.5, report.Accuracy);
        Assert.Equal([0.5, 1], report.TopK.Select(top => top.Accuracy));
    }

    [Fact]
    public void A_probability_of_zero_leaves_the_log_loss_finite() =>
        Assert.Equal(-Math.Log(ClassificationReport.SmallestProbability), ClassificationReport.Create(["a", "b"], [0], [0, 1]).LogLoss, 1e-12);

    [Theory]
    [InlineData(0, new float[] { 0.5f }, "take 2 probabilities")]
    [InlineData(0, new float[] { 0.5f, float.NaN }, "'b' the probability NaN")]
    [InlineData(0, new float[] { 0.5f, 1.5f }, "must lie from 0 to 1")]
    [InlineData(2, new float[] { 0.5f, 0.5f }, "Row 0 has the class 2")]
    public void Bad_input_is_refused(int label, float[] probabilities, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => ClassificationReport.Create(["a", "b"], [label], probabilities));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_rows_are_refused() =>
        Assert.Contains("no rows", Assert.Throws<ArgumentException>(() => ClassificationReport.Create(["a", "b"], [], [])).Message, StringComparison.Ordinal);
}
