using System.Text.Json;

namespace MlTransfer.Pipeline.Tests;

public sealed class ComparisonTests(SampleRun sample) : IClassFixture<SampleRun>, IDisposable
{
    private static readonly string[] s_labels = ["ash", "birch", "cedar"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    [Fact]
    public void The_better_features_are_named_and_the_difference_is_more_than_chance()
    {
        var poor = new MadeUpCache(s_labels, 60, 0.25).Save(At("poor.features"), "poor:0");
        var good = new MadeUpCache(s_labels, 60, 0.8).Save(At("good.features"), "good:0");
        var run = CommandRun.Of("compare", "--cache", poor, "--cache", good, "--trainer", "lbfgs", "--try", "--l2 0.1", "--csv", At("table.csv"), "--json");
        Assert.True(run.Code == 0, run.Error);
        var rows = run.Json.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["poor:0 lbfgs", "poor:0 --l2 0.1", "good:0 lbfgs", "good:0 --l2 0.1"], rows.Select(row => $"{row.GetProperty("tap").GetString()} {row.GetProperty("trainer").GetString()}"));
        Assert.InRange(run.Json.GetProperty("best").GetInt32(), 2, 3);
        var difference = rows[2].GetProperty("againstFirst");
        Assert.Equal(rows[2].GetProperty("accuracy").GetDouble() - rows[0].GetProperty("accuracy").GetDouble(), difference.GetProperty("accuracyDifference").GetDouble(), 1e-9);
        Assert.True(difference.GetProperty("accuracyInterval").GetProperty("low").GetDouble() > 0);
        Assert.True(rows[2].GetProperty("againstFirstPValue").GetDouble() < 0.001);
        Assert.False(rows[0].TryGetProperty("againstFirst", out _));
        Assert.Contains("more than chance", run.Json.GetProperty("conclusions")[0].GetString(), StringComparison.Ordinal);

        // Test images take no part: by hash, about a tenth.
        Assert.Equal(180, run.Json.GetProperty("images").GetInt32() + run.Json.GetProperty("keptAside").GetInt32());
        Assert.InRange(run.Json.GetProperty("keptAside").GetInt32(), 1, 60);

        var lines = File.ReadAllLines(At("table.csv"));
        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Split(',').Length, line.Split(',').Length));
    }

    [Fact]
    public void The_same_comparison_gives_the_same_figures_whatever_the_threads()
    {
        var cache = new MadeUpCache(s_labels, 30, 0.5).Save(At("a.features"));
        var found = new[] { "1", "4" }.Select(threads => CommandRun.Of("compare", "--cache", cache, "--try", "--l2 0.001", "--try", "--trainer adam --epochs 4", "--threads", threads, "--json").Json).ToArray();
        Assert.Equal(Figures(found[0]), Figures(found[1]));
    }

    [Fact]
    public void Features_that_do_not_differ_are_not_told_apart()
    {
        var one = new MadeUpCache(s_labels, 40, 0.5).Save(At("one.features"));
        var two = new MadeUpCache(s_labels, 40, 0.5).Copy("ash/001.jpg", "ash/002.jpg", 0.1f).Save(At("two.features"));
        var run = CommandRun.Of("compare", "--cache", one, "--cache", two, "--test", "0");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("Not told apart from it", run.Output, StringComparison.Ordinal);
        Assert.Contains("two.features", run.Output, StringComparison.Ordinal);
        Assert.Contains("120 images", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_fits_on_every_tap_in_one_pass_and_the_second_run_computes_nothing()
    {
        var run = CommandRun.Of("probe", "--images", sample.Images, "--caches", At("caches"), "--folds", "2", "--test", "0", "--json");
        Assert.True(run.Code == 0, run.Error);
        var rows = run.Json.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(MlTransfer.Features.Backbones.BackboneCatalog.Load().Backbones[0].Taps.Select(tap => tap.Name), rows.Select(row => row.GetProperty("tap").GetString()));
        Assert.Single(rows.Select(row => row.GetProperty("extractionSeconds").GetDouble()).Distinct());
        Assert.Contains("24 of 24 images", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n'), line => line.Contains("24 of 24 images", StringComparison.Ordinal));

        var again = CommandRun.Of("probe", "--images", sample.Images, "--caches", At("caches"), "--folds", "2", "--test", "0", "--json");
        Assert.All(again.Json.GetProperty("rows").EnumerateArray(), row => Assert.False(row.TryGetProperty("extractionSeconds", out _)));
        Assert.Equal(Figures(run.Json), Figures(again.Json));

        // The features of a tap are those that an extraction of it alone gives.
        var alone = CommandRun.Of("extract-features", "--images", sample.Images, "--cache", At("alone"), "--tensor", "mixed8");
        Assert.Equal(0, alone.Code);
        Assert.Equal(Directory.EnumerateFiles(At("alone"), "*.npy").Select(File.ReadAllBytes).Single(), Directory.EnumerateFiles(Path.Combine(At("caches"), "inception_v3_nsfwjs-mixed8.features"), "*.npy").Select(File.ReadAllBytes).Single());

        // Some of them by name, from the same caches.
        var some = CommandRun.Of("compare", "--images", sample.Images, "--caches", At("caches"), "--tensor", "mixed8,bottleneck", "--folds", "2", "--test", "0", "--json").Json;
        Assert.Equal(["mixed8", "bottleneck"], some.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("tap").GetString()));
        Assert.Equal(
            rows.Single(row => row.GetProperty("tap").GetString() == "mixed8").GetProperty("logLoss").GetDouble(), some.GetProperty("rows")[0].GetProperty("logLoss").GetDouble());
    }

    [Theory]
    [InlineData("compare", "--images", 2)]
    [InlineData("compare --cache A --images photos", "--cache", 2)]
    [InlineData("compare --cache A --trainer lbfgs,lbfgs", "lbfgs", 2)]
    [InlineData("compare --cache A --trainer no-such-trainer", "no-such-trainer", 2)]
    [InlineData("compare --cache A --try --l2_0.1_--test_0.5", "--test", 2)]
    [InlineData("compare --cache A --test 1", "--test 1", 2)]
    [InlineData("compare --cache A --folds 1", "--folds 1", 2)]
    [InlineData("compare --cache A --cache B", "No image", 1)]
    [InlineData("compare --images no-such-folder", "no-such-folder", 1)]
    [InlineData("compare --cache no-such-cache", "no-such-cache", 1)]
    [InlineData("probe", "--images", 2)]
    [InlineData("probe --images x --tensor mixed8", "--tensor", 2)]
    public void What_can_not_be_is_answered_with_what_to_do(string line, string named, int code)
    {
        var a = new MadeUpCache(s_labels, 20, 0.5).Save(At("a.features"));
        var b = new MadeUpCache(["yew", "zelkova"], 20, 0.5).Save(At("b.features"));
        var run = CommandRun.Of([.. line.Split(' ').Select(word => word switch { "A" => a, "B" => b, _ => word.Replace('_', ' ') })]);
        Assert.Equal(code, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private static string Figures(JsonElement comparison) => string.Join(
        "; ", comparison.GetProperty("rows").EnumerateArray().Select(row => $"{row.GetProperty("tap")} {row.GetProperty("accuracy")} {row.GetProperty("logLoss")} {row.GetProperty("accuracyInterval").GetRawText()}"));
}
