namespace MlTransfer.Pipeline.Tests;

/// <summary>Features of reduced precision are kept apart from exact ones, and a head goes on with what it was fitted on.</summary>
public sealed class PrecisionTests(SampleRun sample) : IClassFixture<SampleRun>
{
    [Fact]
    public void Int8_features_are_never_mixed_with_exact_ones()
    {
        var run = CommandRun.Of("extract-features", "--images", sample.Images, "--cache", sample.Cache, "--precision", "int8");
        Assert.Equal(1, run.Code);
        Assert.Contains("precision=int8", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Of("cache", "verify", sample.Cache).Code);
    }

    [Fact]
    public void A_head_of_int8_features_judges_images_in_int8()
    {
        var (cache, head) = (Path.Combine(sample.Folder, "int8.features"), Path.Combine(sample.Folder, "int8.head"));
        var extraction = CommandRun.Of("extract-features", "--images", sample.Images, "--cache", cache, "--precision", "int8");
        Assert.True(extraction.Code == 0, extraction.Error);
        var training = CommandRun.Of("train-head", "--cache", cache, "--output", head, "--seed", "1", "--test", "0.25", "--validation", "0");
        Assert.True(training.Code == 0, training.Error);
        var byCache = CommandRun.Of("evaluate", "--head", head, "--cache", cache, "--json");
        var byImages = CommandRun.Of("evaluate", "--head", head, "--images", sample.Images, "--json");
        Assert.True(byImages.Code == 0, byImages.Error);
        Assert.Equal(byCache.Json.GetProperty("report").GetProperty("logLoss").GetDouble(), byImages.Json.GetProperty("report").GetProperty("logLoss").GetDouble());
        var exact = CommandRun.Of("evaluate", "--head", sample.Head, "--cache", cache);
        Assert.Equal(1, exact.Code);
        Assert.Contains("precision=int8", exact.Error, StringComparison.Ordinal);
    }
}
