namespace MlTransfer.Pipeline.Tests;

public sealed class AuditTests : IDisposable
{
    private static readonly string[] s_labels = ["ash", "birch", "cedar"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    [Fact]
    public void Labels_that_were_changed_come_first()
    {
        var cache = new MadeUpCache(s_labels, 60, 1);
        string[] changed = ["ash/003.jpg", "ash/017.jpg", "birch/020.jpg", "birch/050.jpg", "cedar/001.jpg", "cedar/033.jpg"];
        foreach (var path in changed)
        {
            cache.Relabel(path, path.StartsWith("ash", StringComparison.Ordinal) ? "birch" : "ash");
        }

        var csv = At("suspicious.csv");
        var run = CommandRun.Of("audit", "--cache", cache.Save(At("a.features")), "--csv", csv, "--json");
        Assert.True(run.Code == 0, run.Error);
        var issues = run.Json.GetProperty("suspicious").GetProperty("issues").EnumerateArray().ToArray();
        Assert.Equal(changed.Order(), issues.Take(6).Select(issue => issue.GetProperty("path").GetString()!).Order());
        Assert.All(issues.Take(6), issue => Assert.StartsWith(issue.GetProperty("suggested").GetString()!, issue.GetProperty("path").GetString()!, StringComparison.Ordinal));
        Assert.InRange(run.Json.GetProperty("suspicious").GetProperty("estimatedErrors").GetDouble(), 3, 12);
        var suspicion = issues.Select(issue => issue.GetProperty("suspicion").GetDouble()).ToArray();
        Assert.Equal(suspicion.OrderDescending(), suspicion);

        var lines = File.ReadAllLines(csv);
        Assert.Equal("path,label,suggested,suspicion,p_label,p_suggested", lines[0]);
        Assert.Equal(issues.Length + 1, lines.Length);
        Assert.StartsWith(issues[0].GetProperty("path").GetString() + ",", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Near_duplicates_and_the_table_are_listed()
    {
        var cache = new MadeUpCache(s_labels, 40, 0.7).Copy("ash/003.jpg", "birch/004.jpg", 0.01f).Copy("ash/005.jpg", "ash/006.jpg", 0).Save(At("a.features"));
        var run = CommandRun.Of("audit", "--cache", cache, "--folds", "3", "--repeats", "1", "--most", "2");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("120 images of 3 labels", run.Output, StringComparison.Ordinal);
        Assert.Contains("Near-duplicates: 2 pairs", run.Output, StringComparison.Ordinal);
        Assert.Contains("labels ash and birch", run.Output, StringComparison.Ordinal);
        Assert.Contains("the same file", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_trainer_can_look()
    {
        var cache = new MadeUpCache(s_labels, 30, 1).Relabel("ash/003.jpg", "cedar").Save(At("a.features"));
        var run = CommandRun.Of("audit", "--cache", cache, "--trainer", "adam", "--epochs", "10", "--learning-rate", "0.05", "--folds", "3", "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal("ash/003.jpg", run.Json.GetProperty("suspicious").GetProperty("issues")[0].GetProperty("path").GetString());
    }

    [Theory]
    [InlineData("", "--cache", 2)]
    [InlineData("--cache CACHE --test 0.2", "--test", 2)]
    [InlineData("--cache CACHE --features CACHE", "--features", 2)]
    [InlineData("--cache CACHE --most -1", "--most -1", 2)]
    [InlineData("--cache no-such-cache", "no-such-cache", 1)]
    [InlineData("--cache ONE", "'ash'", 1)]
    [InlineData("--cache CACHE --folds 90", "90 folds need at least 90 rows", 1)]
    public void What_can_not_be_is_answered_with_what_to_do(string line, string named, int code)
    {
        var cache = new MadeUpCache(s_labels, 5, 1).Save(At("a.features"));
        var one = new MadeUpCache(["ash"], 5, 1).Save(At("one.features"));
        var run = CommandRun.Of(["audit", .. line.Replace("CACHE", cache, StringComparison.Ordinal).Replace("ONE", one, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(code, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
