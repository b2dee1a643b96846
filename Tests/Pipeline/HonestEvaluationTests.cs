using System.Globalization;

namespace MlTransfer.Pipeline.Tests;

/// <summary>Cross-validation, calibration, leaks and "none of these" at the command line.</summary>
public sealed class HonestEvaluationTests : IDisposable
{
    private static readonly string[] s_labels = ["ash", "birch", "cedar"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private string Cache(double separation = 0.6) => new MadeUpCache(s_labels, 60, separation).Save(At("a.features"));

    [Fact]
    public void Cross_validation_leaves_the_test_images_out_and_keeps_every_prediction()
    {
        var run = CommandRun.Of(
            "train-head", "--cache", Cache(), "--output", At("a.head"), "--seed", "3", "--test", "0.2", "--folds", "4", "--repeats", "2", "--out-of-fold", At("oof.csv"), "--json");
        Assert.True(run.Code == 0, run.Error);
        var found = run.Json.GetProperty("crossValidation");
        Assert.Equal((144, 8), (found.GetProperty("images").GetInt32(), found.GetProperty("fits").GetArrayLength()));
        Assert.InRange(found.GetProperty("accuracy").GetDouble(), found.GetProperty("accuracyInterval").GetProperty("low").GetDouble(), found.GetProperty("accuracyInterval").GetProperty("high").GetDouble());

        var lines = File.ReadAllLines(At("oof.csv"));
        Assert.Equal("path,label,repeat,fold,predicted,p_ash,p_birch,p_cedar", lines[0]);
        var rows = lines.Skip(1).Select(line => line.Split(',')).ToArray();
        Assert.Equal(288, rows.Length);
        Assert.All(rows.GroupBy(row => row[0]), image => Assert.Equal(["0", "1"], image.Select(row => row[2]).Order()));
        Assert.Equal(found.GetProperty("accuracy").GetDouble(), rows.Count(row => row[1] == row[4]) / 288.0, 1e-12);
        Assert.All(rows, row => Assert.Equal(1, row[5..].Sum(cell => double.Parse(cell, CultureInfo.InvariantCulture)), 1e-5));

        // The head itself is the same as without.
        var plain = CommandRun.Of("train-head", "--cache", At("a.features"), "--output", At("b.head"), "--seed", "3", "--test", "0.2");
        Assert.Equal(0, plain.Code);
        Assert.Equal(File.ReadAllBytes(At("a.head")), File.ReadAllBytes(At("b.head")));
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        var cache = Cache();
        string Run(string threads) => CommandRun.Of(
            "train-head", "--cache", cache, "--output", At("a.head"), "--folds", "3", "--calibrate", "--reject", "--validation", "0.3", "--out-of-fold", At(threads + ".csv"), "--threads", threads).Error;
        Run("1");
        var one = File.ReadAllBytes(At("a.head"));
        Run("4");
        Assert.Equal(one, File.ReadAllBytes(At("a.head")));
        Assert.Equal(File.ReadAllText(At("1.csv")), File.ReadAllText(At("4.csv")));
    }

    [Fact]
    public void Nothing_that_picks_sees_the_test_images()
    {
        // With other test images everything that was picked stays the same: temperature, thresholds, folds' figures.
        var rows = new MadeUpCache(s_labels, 60, 0.6);
        var other = new MadeUpCache(s_labels, 60, 0.6);
        var list = new List<string> { "path,label,split" };
        for (var i = 0; i < rows.Rows.Count; i++)
        {
            list.Add($"{rows.Rows[i].Path},{rows.Rows[i].Label},{(i % 5) switch { 0 => "test", 1 => "validation", _ => "train" }}");
            if (i % 5 == 0)
            {
                other.Copy(other.Rows[(i + 5) % other.Rows.Count].Path, other.Rows[i].Path, 0.25f);
            }
        }

        File.WriteAllLines(At("list.csv"), list);
        var found = new[] { rows.Save(At("one.features")), other.Save(At("two.features")) }.Select(cache =>
        {
            var run = CommandRun.Of(
                "train-head", "--cache", cache, "--list", At("list.csv"), "--output", At("x.head"), "--calibrate", "--reject", "0.1", "--folds", "3",
                "--trainer", "adam", "--epochs", "8", "--patience", "2", "--duplicate-threshold", "off", "--json");
            Assert.True(run.Code == 0, run.Error);
            return run.Json;
        }).ToArray();
        Assert.NotEqual(found[0].GetProperty("test").GetProperty("logLoss").GetDouble(), found[1].GetProperty("test").GetProperty("logLoss").GetDouble());
        Assert.Equal(found[0].GetProperty("calibration").GetProperty("temperature").GetDouble(), found[1].GetProperty("calibration").GetProperty("temperature").GetDouble());
        Assert.Equal(found[0].GetProperty("bestEpoch").GetInt32(), found[1].GetProperty("bestEpoch").GetInt32());
        Assert.Equal(found[0].GetProperty("rejection").GetProperty("minimumProbability").GetDouble(), found[1].GetProperty("rejection").GetProperty("minimumProbability").GetDouble());
        Assert.Equal(found[0].GetProperty("rejection").GetProperty("maximumDistance").GetDouble(), found[1].GetProperty("rejection").GetProperty("maximumDistance").GetDouble());
        Assert.Equal(found[0].GetProperty("crossValidation").GetProperty("accuracy").GetDouble(), found[1].GetProperty("crossValidation").GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Calibration_lowers_the_log_loss_and_moves_no_label()
    {
        var cache = Cache(0.3);
        string[] command = ["train-head", "--cache", cache, "--seed", "1", "--validation", "0.3", "--test", "0.2", "--l2", "1e-6", "--json", "--output"];
        var plain = CommandRun.Of([.. command, At("plain.head")]).Json;
        var warm = CommandRun.Of([.. command, At("warm.head"), "--calibrate"]).Json;
        var calibration = warm.GetProperty("calibration");
        Assert.True(calibration.GetProperty("temperature").GetDouble() > 1.5);
        var validation = calibration.GetProperty("validation");
        Assert.Equal(plain.GetProperty("validation").GetProperty("logLoss").GetDouble(), validation.GetProperty("logLossBefore").GetDouble(), 1e-9);
        Assert.Equal(warm.GetProperty("validation").GetProperty("logLoss").GetDouble(), validation.GetProperty("logLossAfter").GetDouble(), 1e-9);
        Assert.True(validation.GetProperty("logLossAfter").GetDouble() < validation.GetProperty("logLossBefore").GetDouble());
        Assert.True(calibration.GetProperty("test").GetProperty("errorAfter").GetDouble() < calibration.GetProperty("test").GetProperty("errorBefore").GetDouble());
        Assert.Equal(plain.GetProperty("test").GetProperty("confusion").GetRawText(), warm.GetProperty("test").GetProperty("confusion").GetRawText());

        // The saved head gives the calibrated probabilities.
        var saved = CommandRun.Of("evaluate", "--head", At("warm.head"), "--cache", cache, "--json").Json;
        var cold = CommandRun.Of("evaluate", "--head", At("plain.head"), "--cache", cache, "--json").Json;
        Assert.Equal(cold.GetProperty("report").GetProperty("accuracy").GetDouble(), saved.GetProperty("report").GetProperty("accuracy").GetDouble());
        Assert.NotEqual(cold.GetProperty("report").GetProperty("logLoss").GetDouble(), saved.GetProperty("report").GetProperty("logLoss").GetDouble());
    }

    [Fact]
    public void Copies_across_the_split_are_named()
    {
        var cache = new MadeUpCache(s_labels, 60, 0.6).Copy("ash/003.jpg", "ash/040.jpg", 0.02f).Copy("birch/007.jpg", "birch/008.jpg", 0).Save(At("a.features"));
        string[] list = ["path,label,split", .. s_labels.SelectMany(label => Enumerable.Range(0, 60).Select(row =>
            $"{label}/{row.ToString("000", CultureInfo.InvariantCulture)}.jpg,{label},{(label, row) switch { ("ash", 40) or ("birch", 8) => "test", (_, > 50) => "test", _ => "train" }}"))];
        File.WriteAllLines(At("list.csv"), list);
        var run = CommandRun.Of("train-head", "--cache", cache, "--list", At("list.csv"), "--output", At("a.head"), "--json");
        Assert.True(run.Code == 0, run.Error);
        var pairs = run.Json.GetProperty("nearDuplicates").GetProperty("pairs").EnumerateArray().ToArray();
        Assert.Equal(2, pairs.Length);
        Assert.Equal(("birch/007.jpg", "birch/008.jpg", true), (pairs[0].GetProperty("first").GetString(), pairs[0].GetProperty("second").GetString(), pairs[0].GetProperty("identical").GetBoolean()));
        Assert.Equal(("ash/003.jpg", "training", "ash/040.jpg", "test", false), (
            pairs[1].GetProperty("first").GetString(), pairs[1].GetProperty("firstSubset").GetString(),
            pairs[1].GetProperty("second").GetString(), pairs[1].GetProperty("secondSubset").GetString(), pairs[1].GetProperty("identical").GetBoolean()));
        Assert.InRange(run.Json.GetProperty("accuracyWithoutLeaks").GetDouble(), 0, 1);
        Assert.Contains("2 test images look like another", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("near-duplicate", CommandRun.Of("train-head", "--cache", cache, "--list", At("list.csv"), "--output", At("a.head"), "--duplicate-threshold", "off").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_are_kept_together_where_asked_for()
    {
        var cache = new MadeUpCache(s_labels, 60, 0.6);
        for (var row = 0; row < 20; row++)
        {
            cache.Copy($"ash/{row:000}.jpg", $"ash/{row + 30:000}.jpg", 0.01f);
        }

        string[] command = ["train-head", "--cache", cache.Save(At("a.features")), "--output", At("a.head"), "--seed", "2", "--test", "0.2", "--validation", "0.2", "--json"];
        Assert.NotEmpty(CommandRun.Of(command).Json.GetProperty("nearDuplicates").GetProperty("pairs").EnumerateArray());
        var together = CommandRun.Of([.. command, "--keep-together", "--folds", "3", "--out-of-fold", At("oof.csv")]);
        Assert.True(together.Code == 0, together.Error);
        Assert.Empty(together.Json.GetProperty("nearDuplicates").GetProperty("pairs").EnumerateArray());
        Assert.EndsWith("near-duplicates kept together", together.Json.GetProperty("split").GetString(), StringComparison.Ordinal);
        var folds = File.ReadLines(At("oof.csv")).Skip(1).Select(line => line.Split(',')).ToDictionary(cells => cells[0], cells => cells[3]);
        for (var row = 0; row < 20; row++)
        {
            Assert.Equal(folds.GetValueOrDefault($"ash/{row:000}.jpg"), folds.GetValueOrDefault($"ash/{row + 30:000}.jpg"));
        }
    }

    [Fact]
    public void None_of_these_is_answered_to_what_is_unlike_every_label()
    {
        var cache = Cache();
        var run = CommandRun.Of("train-head", "--cache", cache, "--output", At("a.head"), "--seed", "1", "--validation", "0.3", "--reject", "0.1", "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.InRange(run.Json.GetProperty("rejection").GetProperty("validationRejected").GetDouble(), 0, 0.1);

        // Images of a label that was never seen, far from all others.
        var strange = new MadeUpCache(["yew"], 30, 6, seed: 9).Save(At("strange.features"));
        var predicted = CommandRun.Of("predict", "--head", At("a.head"), "--features", strange, "--reject", "--json").Json.GetProperty("predictions");
        Assert.All(predicted.EnumerateArray(), row => Assert.True(row.GetProperty("noneOfThese").GetProperty("rejected").GetBoolean()));
        var text = CommandRun.Of("predict", "--head", At("a.head"), "--features", strange, "--reject").Output;
        Assert.Contains("none of these (unlike every label:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("none of these", CommandRun.Of("predict", "--head", At("a.head"), "--features", strange).Output, StringComparison.Ordinal);

        var evaluated = CommandRun.Of("evaluate", "--head", At("a.head"), "--cache", strange, "--reject", "--json").Json.GetProperty("rejection");
        Assert.Equal((0, 30, 1.0), (evaluated.GetProperty("known").GetInt32(), evaluated.GetProperty("unknown").GetInt32(), evaluated.GetProperty("unknownRejected").GetDouble()));
        var known = CommandRun.Of("evaluate", "--head", At("a.head"), "--cache", cache, "--reject");
        Assert.Contains("Unknown labels", known.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_was_not_taught_to_reject_says_so()
    {
        Assert.Equal(0, CommandRun.Of("train-head", "--cache", Cache(), "--output", At("a.head")).Code);
        foreach (var command in new[] { $"predict --head {At("a.head")} --features {At("a.features")} --reject", $"evaluate --head {At("a.head")} --cache {At("a.features")} --reject" })
        {
            var run = CommandRun.Of(command.Split(' '));
            Assert.Equal(1, run.Code);
            Assert.Contains("--reject", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--folds 1", "--folds 1", 2)]
    [InlineData("--folds 3 --repeats 0", "--repeats 0", 2)]
    [InlineData("--repeats 2", "--folds", 2)]
    [InlineData("--out-of-fold x.csv", "--folds", 2)]
    [InlineData("--reject 0.9", "--reject 0.9", 2)]
    [InlineData("--keep-together --duplicate-threshold off", "--duplicate-threshold", 2)]
    [InlineData("--duplicate-threshold 2", "--duplicate-threshold 2", 2)]
    [InlineData("--calibrate --validation 0 --seed 1", "--validation", 1)]
    [InlineData("--reject --validation 0 --seed 1", "--validation", 1)]
    [InlineData("--folds 500", "500 folds need", 1)]
    public void What_can_not_be_is_answered_with_what_to_do(string options, string named, int code)
    {
        var run = CommandRun.Of(["train-head", "--cache", Cache(), "--output", At("a.head"), .. options.Split(' ')]);
        Assert.Equal(code, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
