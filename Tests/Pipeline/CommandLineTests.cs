namespace MlTransfer.Pipeline.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string> Commands => new()
    {
        "retrain", "extract-features", "train-head", "evaluate", "predict", "compare", "probe", "audit", "models list", "models inspect", "models profile", "cache info", "cache verify", "cache export", "cache import",
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_has_help_with_an_example(string command)
    {
        var run = CommandRun.Of([.. command.Split(' '), "--help"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        Assert.Contains("Example", run.Output, StringComparison.Ordinal);
        Assert.Contains($"mltransfer {command}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retrain --imagse photos", "--imagse")]
    [InlineData("retrain --on-error maybe", "maybe")]
    [InlineData("retrain --threads 0", "--threads 0")]
    [InlineData("retrain --threads two", "two")]
    [InlineData("retrain --test 1.5", "--test 1.5")]
    [InlineData("retrain --test 0.6 --validation 0.4", "training")]
    [InlineData("retrain --test 0.1 --testing_percentage 10", "--testing-percentage")]
    [InlineData("retrain --l2 -1", "--l2 -1")]
    [InlineData("retrain --trainer lbfgs --steps 10", "--trainer sgd")]
    [InlineData("retrain --trainer sgd --max-iterations 5", "--trainer lbfgs")]
    [InlineData("retrain --trainer adam --l2 -0.1", "--l2 -0.1")]
    [InlineData("retrain --trainer lbfgs --hidden 8", "--hidden")]
    [InlineData("retrain --trainer knn --hidden 8", "--hidden")]
    [InlineData("retrain --hidden 8,x", "'x' is no number")]
    [InlineData("retrain --hidden 0", "1 to 65536 units")]
    [InlineData("retrain --hidden 1.5", "1 to 65536 units")]
    [InlineData("retrain --dropout 0.5", "--hidden")]
    [InlineData("retrain --hidden 8 --dropout 1", "--dropout 1")]
    [InlineData("retrain --hidden 8 --dropout 0.1,0.2", "2 shares for 1 hidden layer;")]
    [InlineData("retrain --trainer knn --saved_model_dir x", "--saved-model")]
    [InlineData("retrain --trainer knn --output-graph x.pb", "--output-graph")]
    [InlineData("retrain --trainer knn --steps 5", "knn does not fit in steps")]
    [InlineData("retrain --trainer knn --neighbours 0", "--neighbours 0")]
    [InlineData("retrain --trainer knn --neighbour-weights rank", "rank")]
    [InlineData("retrain --trainer centroid --neighbours 3", "--neighbours")]
    [InlineData("retrain --trainer centroid --l2 1", "--l2")]
    [InlineData("retrain --trainer centroid --max-iterations 1", "nothing to iterate")]
    [InlineData("retrain --metric cosine", "--trainer knn and centroid")]
    [InlineData("retrain --metric taxi", "taxi")]
    [InlineData("retrain --trainer adam --label-smoothing 1", "--label-smoothing 1")]
    [InlineData("retrain --trainer adam --class-weights bag", "'bag' was found")]
    [InlineData("retrain --trainer adam --class-weights bag=-1", "'bag=-1' was found")]
    [InlineData("retrain --trainer knn --class-weights balanced", "--class-weights")]
    [InlineData("retrain --trainer lbfgs --patience 2", "--patience")]
    [InlineData("retrain --trainer rmsprop --preset retrain", "--preset retrain")]
    [InlineData("retrain --trainer adam --preset hands-on", "--trainer sgd")]
    [InlineData("retrain --trainer adagrad --momentum 0.9", "--momentum")]
    [InlineData("retrain --nesterov", "--momentum")]
    [InlineData("retrain --momentum 1", "--momentum 1")]
    [InlineData("retrain --steps 5 --epochs 5", "--epochs")]
    [InlineData("retrain --epochs 0", "--epochs 0")]
    [InlineData("retrain --patience 0", "--patience 0")]
    [InlineData("retrain --preset kears", "kears")]
    [InlineData("retrain --schedule zigzag", "zigzag")]
    [InlineData("retrain --flip_left_right", "--flip_left_right")]
    [InlineData("retrain --tfhub_module https://x", "--model")]
    [InlineData("extract-features --cache x", "--images")]
    [InlineData("extract-features --images x", "--cache")]
    [InlineData("train-head --cache x", "--output")]
    [InlineData("predict a.jpg", "--head")]
    [InlineData("predict --head x --top 0 a.jpg", "--top 0")]
    [InlineData("cache export x --to xml --output y", "xml")]
    [InlineData("models profile x --rounds 0", "--rounds 0")]
    [InlineData("models profile x --sort name", "name")]
    [InlineData("models", "command")]
    [InlineData("", "command")]
    public void A_wrong_command_line_is_answered_with_what_is_wrong_and_code_2(string line, string named)
    {
        var run = CommandRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_retrain_py_that_change_nothing_are_passed_over()
    {
        string[] options = ["--eval_step_interval", "10", "--test_batch_size", "-1", "--validation_batch_size", "100", "--intermediate_store_frequency", "0", "--logging_verbosity", "INFO", "--random_crop", "0", "--random_scale=0"];
        var run = CommandRun.Of(["retrain", "--image_dir", "no-such-folder", .. options]);
        Assert.Equal(1, run.Code);
        Assert.Contains("no-such-folder does not exist", run.Error, StringComparison.Ordinal);
        Assert.All(options.Where(option => option.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains($"{option.Split('=')[0]} of retrain.py is passed over", run.Error, StringComparison.Ordinal));
        Assert.Equal(2, CommandRun.Of("retrain", "--random_crop", "10").Code);
    }

    [Theory]
    [InlineData("retrain --images no-such-folder", "no-such-folder")]
    [InlineData("extract-features --images no-such-list.csv --cache x", "no-such-list.csv")]
    [InlineData("train-head --cache no-such-cache --output x", "no-such-cache")]
    [InlineData("predict --head no-such-head a.jpg", "no-such-head")]
    [InlineData("evaluate --head no-such-head --images x", "no-such-head")]
    [InlineData("cache info no-such-cache", "no-such-cache")]
    [InlineData("models inspect no-such-graph.pb", "no-such-graph.pb")]
    [InlineData("models profile no-such-graph.pb", "no-such-graph.pb")]
    [InlineData("retrain --model no-such-model", "no-such-model")]
    public void What_is_not_there_is_named_and_gives_code_1(string line, string named)
    {
        var run = CommandRun.Of(line.Split(' '));
        Assert.Equal(1, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_list_names_source_and_licence()
    {
        var run = CommandRun.Of("models", "list");
        Assert.Equal(0, run.Code);
        Assert.Contains("inception_v3_nsfwjs", run.Output, StringComparison.Ordinal);
        Assert.Contains("MIT", run.Output, StringComparison.Ordinal);
        Assert.Equal("inception_v3_nsfwjs", CommandRun.Of("models", "list", "--json").Json[0].GetProperty("id").GetString());
    }

    [Fact]
    public void Models_profile_accounts_for_every_step_of_a_catalog_model()
    {
        var profile = CommandRun.Of("models", "profile", "inception_v3_nsfwjs", "--tensor", "mixed0", "--batch", "2", "--rounds", "1", "--json").Json;
        var steps = profile.GetProperty("steps").EnumerateArray().ToList();
        var convolutions = steps.Where(step => step.GetProperty("layer").GetString() is "3×3/2" or "3×3/1" or "1×1/1" or "5×5/1").ToList();

        // Up to mixed0 the network has twelve convolutions; 0.75 G multiply-adds are the stem's alone, an image.
        Assert.Equal(12, convolutions.Count);
        Assert.All(convolutions, step => Assert.True(step.GetProperty("milliseconds").GetDouble() > 0 && step.GetProperty("gflops").GetDouble() > 0 && step.GetProperty("bytes").GetInt64() > 0));
        Assert.InRange(profile.GetProperty("operations").GetDouble(), 2 * 2 * 0.75e9, 2 * 2 * 2e9);
        Assert.Equal(steps.Sum(step => step.GetProperty("milliseconds").GetDouble()), profile.GetProperty("totalMilliseconds").GetDouble(), 6);
        Assert.Equal(2, profile.GetProperty("batch").GetInt32());
    }

    [Fact]
    public void Models_profile_sorts_by_time_and_sums_up()
    {
        var graph = Path.Combine(AppContext.BaseDirectory, "Models", "inception_v3_nsfwjs.pb");
        var run = CommandRun.Of("models", "profile", graph, "--tensor", "mixed0/concat", "--batch", "1", "--rounds", "1", "--top", "5");
        Assert.Equal(0, run.Code);
        var lines = run.Output.Split('\n').SkipWhile(line => !line.StartsWith("Node ", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.Trim().Length > 0).ToList();
        Assert.Equal(5, lines.Count);
        Assert.Contains("Total", run.Output, StringComparison.Ordinal);
        Assert.Contains("images/s", run.Output, StringComparison.Ordinal);
    }
}
