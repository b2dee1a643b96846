using System.Globalization;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline.Tests;

/// <summary>What <c>train-head</c> makes of the options of the objective, on a small cache of made-up features.</summary>
public sealed class SoftmaxOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;
    private readonly string _cache;

    public SoftmaxOptionsTests()
    {
        _cache = Path.Combine(_folder, "made-up.features");
        var random = new Random(4);
        using var cache = FeatureCache.Open(_cache, new FeatureStoreKey("made-up", new string('a', 64), "tap:0", 12, "none"));
        for (var row = 0; row < 90; row++)
        {
            var label = row % 3;
            var features = Enumerable.Range(0, 12).Select(d => (float)(random.NextDouble() + (d == label ? 0.6 : 0))).ToArray();
            cache.Append($"{label}/{row}.jpg", $"label{label}", ContentHash.Of(BitConverter.GetBytes(row)), features);
        }

        cache.Commit();
    }

    private string Head => Path.Combine(_folder, "out.head");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void L2_auto_shows_its_curve_and_the_head_says_what_was_picked()
    {
        var run = Train("--l2", "auto", "--cv", "4", "--seed", "3");
        Assert.Contains("4-fold cross-validation", run.Output, StringComparison.Ordinal);
        Assert.Contains("picked", run.Output, StringComparison.Ordinal);
        var path = Train("--l2", "auto", "--cv", "4", "--seed", "3", "--json").Json.GetProperty("regularizationPath");
        Assert.Equal(4, path.GetProperty("folds").GetInt32());
        var points = path.GetProperty("points").EnumerateArray().ToArray();
        Assert.True(points.Length > 3);
        var best = points.MinBy(point => point.GetProperty("logLoss").GetDouble()).GetProperty("strength").GetDouble();
        Assert.Equal(best, path.GetProperty("strength").GetDouble());
        Assert.Equal(best, double.Parse(ClassifierHead.Load(Head).Description.TrainerOptions["l2"], CultureInfo.InvariantCulture));
        var careful = Train("--l2", "auto", "--cv", "4", "--seed", "3", "--cv-rule", "one-standard-error", "--json").Json.GetProperty("regularizationPath");
        Assert.True(careful.GetProperty("strength").GetDouble() >= best);
    }

    [Fact]
    public void C_and_ratio_are_what_the_strengths_are()
    {
        Train("--test", "0", "--validation", "0", "--C", "0.5", "--l1-ratio", "0.25");
        var byC = ((SoftmaxHead)ClassifierHead.Load(Head)).Weights.Weight.ToArray();
        Train("--test", "0", "--validation", "0", "--l1", (0.25 / 45).ToString("R", CultureInfo.InvariantCulture), "--l2", (0.75 / 45).ToString("R", CultureInfo.InvariantCulture));
        Assert.Equal(byC, ((SoftmaxHead)ClassifierHead.Load(Head)).Weights.Weight.ToArray());
        Assert.Contains(0f, byC);
    }

    [Fact]
    public void Dual_ascent_and_lbfgs_agree_and_weights_of_classes_move_both()
    {
        var plain = Objective("--l2", "0.01");
        Assert.Equal(plain, Objective("--l2", "0.01", "--trainer", "sdca", "--tolerance", "1e-9"), 1e-8);
        var weighted = Objective("--l2", "0.01", "--class-weights", "label0=3");
        Assert.NotEqual(plain, weighted, 1e-3);
        Assert.Equal(weighted, Objective("--l2", "0.01", "--class-weights", "label0=3", "--trainer", "sdca", "--tolerance", "1e-9"), 1e-8);
        var file = Path.Combine(_folder, "weights.csv");
        File.WriteAllText(file, "label,weight\nlabel0,3\n");
        Assert.Equal(weighted, Objective("--l2", "0.01", "--class-weights", file));
        Assert.NotEqual(plain, Objective("--l2", "0.01", "--standardize"), 1e-3);
        Assert.NotEqual(plain, Objective("--l2", "0.01", "--label-smoothing", "0.1"), 1e-3);
    }

    [Fact]
    public void A_list_s_weights_are_used()
    {
        var list = Path.Combine(_folder, "list.csv");
        File.WriteAllLines(list, ["path,label,split,weight", .. Enumerable.Range(0, 90).Select(row => $"{row % 3}/{row}.jpg,label{row % 3},train,{(row < 45 ? "1" : "0.25")}")]);
        var weighted = Objective("--list", list);
        File.WriteAllLines(list, ["path,label,split", .. Enumerable.Range(0, 90).Select(row => $"{row % 3}/{row}.jpg,label{row % 3},train")]);
        Assert.NotEqual(weighted, Objective("--list", list), 1e-3);
        File.WriteAllLines(list, ["path,label,split,weight", "0/0.jpg,label0,train,-1"]);
        var run = CommandRun.Of("train-head", "--cache", _cache, "--output", Head, "--list", list);
        Assert.Equal(1, run.Code);
        Assert.Contains("line 2: the weight '-1'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warm_start_goes_on_from_a_head_and_refuses_one_of_other_features()
    {
        Train("--l2", "0.01");
        var warm = Path.Combine(_folder, "warm.head");
        File.Move(Head, warm);
        var again = Train("--l2", "0.01", "--warm-start", warm, "--tolerance", "1e-6", "--json").Json;
        Assert.Equal(0, again.GetProperty("iterations").GetInt32());
        var other = Path.Combine(_folder, "other.head");
        var head = (SoftmaxHead)ClassifierHead.Load(warm);
        head.WithDescription(head.Description with { Tensor = "tap:1" }).Save(other);
        var run = CommandRun.Of("train-head", "--cache", _cache, "--output", Head, "--warm-start", other);
        Assert.Equal(1, run.Code);
        Assert.Contains("tensor", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--l2 often", "auto")]
    [InlineData("--l2 auto --l1 0.1", "--l1-ratio")]
    [InlineData("--l2 auto --cv 1", "--cv 1")]
    [InlineData("--cv 3", "--l2 auto")]
    [InlineData("--C 1 --l2 0.1", "--l2")]
    [InlineData("--C 0", "--C 0")]
    [InlineData("--l1-ratio 0.5", "--l1 NUMBER")]
    [InlineData("--C 1 --l1-ratio 2", "--l1-ratio 2")]
    [InlineData("--trainer sdca --l2 auto", "sdca")]
    [InlineData("--trainer sdca --l2 0", "--l2")]
    [InlineData("--trainer adam --l1 0.1", "--l1")]
    [InlineData("--trainer adam --standardize", "--standardize")]
    [InlineData("--trainer sdca --label-smoothing 0.1", "sdca")]
    [InlineData("--trainer adam --l2 auto", "--l2 auto")]
    [InlineData("--trainer knn --C 1", "--C")]
    [InlineData("--hidden 4 --l2 auto", "--l2 auto")]
    [InlineData("--label-smoothing 1", "--label-smoothing 1")]
    [InlineData("--class-weights even", "'even' was found")]
    [InlineData("--class-weights label0=x", "label0=x")]
    [InlineData("--class-weights label0=1,label0=2", "once a label")]
    [InlineData("--class-weights lable0=2", "lable0")]
    public void What_does_not_go_together_is_told(string options, string what)
    {
        var run = CommandRun.Of(["train-head", "--cache", _cache, "--output", Head, .. options.Split(' ')]);
        Assert.Equal(2, run.Code);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Head));
    }

    private CommandRun Train(params string[] options)
    {
        var run = CommandRun.Of(["train-head", "--cache", _cache, "--output", Head, .. options]);
        Assert.True(run.Code == 0, run.Error);
        return run;
    }

    private double Objective(params string[] options) => Train([.. options, "--json"]).Json.GetProperty("objective").GetDouble();
}
