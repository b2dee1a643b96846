using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Features.Cache;
using MlTransfer.Goldens;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;

namespace MlTransfer.Pipeline.Tests;

/// <summary>Features of other programs from the command line: heads fitted on them, used on them, and what they can not do.</summary>
public sealed class ForeignFeaturesTests(SampleRun sample) : IClassFixture<SampleRun>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-foreign-").FullName;

    private static string Formats => Path.Combine(GoldenFolder.Bundled, "golden", "formats");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("csv")]
    [InlineData("npz")]
    public void An_export_comes_back_exactly(string kind)
    {
        var (first, second, cache) = (At($"a.{kind}"), At($"b.{kind}"), At("again"));
        Run("cache", "export", sample.Cache, "--to", kind, "--output", first);
        Run("cache", "import", first, "--cache", cache);
        Run("cache", "export", cache, "--to", kind, "--output", second);
        if (kind == "csv")
        {
            Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        }

        using var before = FeatureCache.OpenRead(sample.Cache);
        using var after = FeatureCache.OpenRead(cache);
        Assert.Equal(before.ReadAll(), after.ReadAll());
        Assert.Equal(before.Entries.Select(entry => (entry.Path, entry.Label)), after.Entries.Select(entry => (entry.Path, entry.Label)));
        if (kind == "npz")
        {
            Assert.Equal(before.Entries.Select(entry => entry.Hash), after.Entries.Select(entry => entry.Hash));
        }
    }

    [Fact]
    public void Features_whose_graph_is_stated_give_a_head_that_judges_images_as_the_original_does()
    {
        var (csv, head) = (At("a.csv"), At("a.head"));
        Run("cache", "export", sample.Cache, "--to", "csv", "--output", csv);
        Run("train-head", "--features", csv, "--model", "inception_v3_nsfwjs", "--output", head, "--seed", "1", "--test", "0.25", "--validation", "0");
        Assert.Equal(File.ReadAllBytes(sample.Head), File.ReadAllBytes(head));
        var picture = Directory.EnumerateFiles(sample.Images, "*.png", SearchOption.AllDirectories).First();
        Assert.Equal(Run("predict", "--head", sample.Head, picture).Output, Run("predict", "--head", head, picture).Output);

        var wrong = CommandRun.Of("train-head", "--features", csv, "--model", "inception_v3_nsfwjs", "--tensor", "mixed8", "--output", head);
        Assert.Equal(1, wrong.Code);
        Assert.Contains("1280", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_of_unknown_features_judges_such_features_and_says_why_no_images()
    {
        var (csv, head) = (At("a.csv"), At("a.head"));
        Run("cache", "export", sample.Cache, "--to", "csv", "--output", csv);
        Run("train-head", "--features", csv, "--output", head, "--test", "0", "--validation", "0");
        var byFile = Run("evaluate", "--head", head, "--features", csv, "--json");
        var byCache = Run("evaluate", "--head", head, "--features", sample.Cache, "--json");
        Assert.Equal(byFile.Json.GetProperty("report").GetProperty("logLoss").GetDouble(), byCache.Json.GetProperty("report").GetProperty("logLoss").GetDouble());
        Assert.DoesNotContain("not known", byFile.Error, StringComparison.Ordinal);
        Assert.Contains("not known", byCache.Error, StringComparison.Ordinal);
        var predicted = Run("predict", "--head", head, "--features", csv, "--json").Json.GetProperty("predictions");
        using var cache = FeatureCache.OpenRead(sample.Cache);
        Assert.Equal(cache.Entries.Select(entry => entry.Path), predicted.EnumerateArray().Select(row => row.GetProperty("path").GetString()));

        foreach (var line in new string[][] { ["predict", "--head", head, "x.jpg"], ["evaluate", "--head", head, "--images", sample.Images] })
        {
            var images = CommandRun.Of(line);
            Assert.Equal(1, images.Code);
            Assert.Contains("no images", images.Error, StringComparison.Ordinal);
            Assert.Contains("--model", images.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Networks_that_are_named_are_told_apart()
    {
        var (csv, head) = (At("a.csv"), At("a.head"));
        Run("cache", "export", sample.Cache, "--to", "csv", "--output", csv);
        Run("train-head", "--features", csv, "--name", "vgg16", "--output", head);
        Run("cache", "import", csv, "--cache", At("vgg"), "--name", "vgg16");
        Run("cache", "import", csv, "--cache", At("resnet"), "--name", "resnet50");
        var mixed = CommandRun.Of("cache", "import", csv, "--cache", At("vgg"));
        Assert.Equal(1, mixed.Code);
        Assert.Contains("--name", mixed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not known", Run("evaluate", "--head", head, "--cache", At("vgg")).Error, StringComparison.Ordinal);
        var refused = CommandRun.Of("evaluate", "--head", head, "--cache", At("resnet"));
        Assert.Equal(1, refused.Code);
        Assert.Contains("vgg16", refused.Error, StringComparison.Ordinal);
        Assert.Contains("resnet50", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_and_validation_files_are_used_as_what_they_are()
    {
        string[] pickles = [.. Directory.GetFiles(Path.Combine(Formats, "2_pickles"), "nd_i64*.p", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        var rows = BottleneckSource.Read(pickles[0]).Rows;
        Assert.True(pickles.Length >= 2 && rows > 0);
        var names = At("names.txt");
        var classes = BottleneckSource.Read(pickles[0]).Labels!.Max() + 1;
        File.WriteAllLines(names, Enumerable.Range(0, (int)classes).Select(number => $"class {number}"));
        foreach (var style in new string[][] { ["--training-file", "--validation-file", "--batch-size"], ["--training_file", "--validation_file", "--batch_size"] })
        {
            var head = At("p.head");
            var run = Run("train-head", style[0], pickles[0], style[1], pickles[^1], "--epochs", "3", style[2], "2", "--label-names", names, "--output", head, "--json");
            Assert.Equal(rows, run.Json.GetProperty("trainingImages").GetInt32());
            Assert.Equal(BottleneckSource.Read(pickles[^1]).Rows, run.Json.GetProperty("validation").GetProperty("rows").GetInt32());
            Assert.Equal("adam", run.Json.GetProperty("trainer").GetString());
            Assert.Equal(3, run.Json.GetProperty("history").GetArrayLength());
            Assert.Equal(File.ReadAllLines(names), run.Json.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
            var unnamed = CommandRun.Of("evaluate", "--head", head, "--features", pickles[^1]);
            Assert.Equal(1, unnamed.Code);
            Assert.Contains("--label-names", unnamed.Error, StringComparison.Ordinal);
            Run("evaluate", "--head", head, "--features", pickles[^1], "--label-names", names);
        }
    }

    [Fact]
    public void A_split_that_the_table_states_is_used()
    {
        var table = At("t.csv");
        File.WriteAllText(table, "label,split,f0,f1\n" + string.Concat(Enumerable.Range(0, 30).Select(row => FormattableString.Invariant($"{(row % 2 == 0 ? "a" : "b")},{(row < 20 ? "train" : row < 26 ? "val" : "test")},{row % 2},{row}\n"))));
        var run = Run("train-head", "--features", table, "--output", At("t.head"), "--json");
        Assert.Equal((20, 6, 4), (run.Json.GetProperty("trainingImages").GetInt32(), run.Json.GetProperty("validation").GetProperty("rows").GetInt32(), run.Json.GetProperty("test").GetProperty("rows").GetInt32()));
        Assert.Equal(1.0, run.Json.GetProperty("test").GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void A_label_that_a_list_of_labels_can_not_say_leaves_no_half_of_the_result()
    {
        var table = At("t.csv");
        File.WriteAllText(table, "label,f0,f1\n" + string.Concat(Enumerable.Range(0, 30).Select(row => FormattableString.Invariant($"{(row % 2 == 0 ? "a" : "\"b\nc\"")},{row % 2},{row}\n"))));
        Run("train-head", "--features", table, "--output", At("t.head"));
        var refused = CommandRun.Of("train-head", "--features", table, "--output", At("u.head"), "--output-labels", At("u.txt"));
        Assert.Equal(1, refused.Code);
        Assert.Contains("line break", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(At("u.head")));
        Assert.False(File.Exists(At("u.txt")));
    }

    [Fact]
    public void A_head_fitted_on_a_file_that_stays_on_the_disk_has_the_same_bytes()
    {
        var (file, labels) = (At("x_features.npy"), At("x_labels.txt"));
        using (var cache = FeatureCache.OpenRead(sample.Cache))
        {
            var values = cache.ReadAll();
            using var stream = File.Create(file);
            NpyWriter.Write(stream, "<f4", [cache.Entries.Count, cache.Key.Dimension], System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
            File.WriteAllLines(labels, cache.Entries.Select(entry => entry.Label));
        }

        Run("train-head", "--features", file, "--output", At("memory.head"), "--calibrate", "--reject", "--seed", "3");
        using var output = new StringWriter();
        var imported = ImportedFeatures.Read(new ImportRequest { Files = [new FeatureFile(file, new BottleneckReadOptions { MapFromBytes = 0 })] });
        using var mapped = imported.Set.Mapped;
        Assert.NotNull(mapped);
        var request = new TrainRequest
        {
            Trainer = "lbfgs",
            Softmax = new SoftmaxRequest { Dual = false, L2 = SoftmaxRegressionOptions.DefaultL2, MaxIterations = 1000, Seed = 3, Threads = 1 },
            Split = new SplitRequest(SplitKind.Stratified, 0.1, 0.1, 3),
            Evaluation = new EvaluationRequest { Calibrate = true, RejectionRate = 0.05 },
        };
        var outcome = HeadTraining.Fit(imported.ToRows(), imported.Labels, imported.Key, null, request, new CommandOutput(output, output, json: false, errorColumns: 0), CancellationToken.None);
        outcome.Head.Save(At("disk.head"));
        Assert.Equal(File.ReadAllBytes(At("memory.head")), File.ReadAllBytes(At("disk.head")));
        Assert.Throws<ObjectDisposedException>(() =>
        {
            mapped.Dispose();
            outcome = HeadTraining.Fit(imported.ToRows(), imported.Labels, imported.Key, null, request, new CommandOutput(output, output, json: false, errorColumns: 0), CancellationToken.None);
        });
    }

    [Fact]
    public void A_saved_model_is_probed_as_its_frozen_graph()
    {
        var (frozen, saved) = (Path.Combine(Formats, "1_models", "frozen_graphdef", "tiny_inception_frozen.pb"), At("saved"));
        Run("export", "--model", frozen, "--to", "savedmodel", "--output", saved);
        string[] Probe(string model) =>
            [.. Run("probe", "--images", sample.Images, "--model", model, "--preprocess", "inception", "--caches", At("caches-" + Path.GetFileName(model)), "--folds", "2", "--repeats", "1", "--json").Json
                .GetProperty("rows").EnumerateArray().Select(row => $"{row.GetProperty("tap")} {row.GetProperty("logLoss")}")];

        var rows = Probe(frozen);
        Assert.True(rows.Length > 1);
        Assert.Equal(rows, Probe(saved));
    }

    [Theory]
    [InlineData("train-head --output x", "--cache")]
    [InlineData("train-head --output x --cache c --training-file t", "cache")]
    [InlineData("train-head --output x --cache c --label-names n", "--label-names")]
    [InlineData("train-head --output x --features f --training-file t", "--training-file")]
    [InlineData("train-head --output x --validation-file v", "--training-file")]
    [InlineData("train-head --output x --training-file t --validation-file v --test 0.3", "--test")]
    [InlineData("train-head --output x --training-file t --tensor mixed8", "--model")]
    [InlineData("train-head --output x --features t --list l", "--list")]
    [InlineData("cache import t --cache c --preprocess caffe", "--model")]
    [InlineData("predict --head HEAD --features f a.jpg", "--features")]
    [InlineData("predict --head HEAD", "--features")]
    [InlineData("evaluate --head HEAD --features f --images i", "--features")]
    public void Contradictions_are_answered_with_code_2(string line, string named)
    {
        var run = CommandRun.Of([.. line.Split(' ').Select(word => word == "HEAD" ? sample.Head : word)]);
        Assert.Equal(2, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_features_are_refused_by_every_command()
    {
        var hostile = Path.Combine(Formats, "2_pickles", "hostile", "os_system_p2.p");
        foreach (var line in new string[][]
                 {
                     ["train-head", "--features", hostile, "--output", At("x.head")],
                     ["train-head", "--training-file", hostile, "--output", At("x.head")],
                     ["predict", "--head", sample.Head, "--features", hostile],
                     ["evaluate", "--head", sample.Head, "--features", hostile],
                 })
        {
            var run = CommandRun.Of(line);
            Assert.Equal(1, run.Code);
            Assert.Contains("posix.system", run.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(At("x.head")));
    }

    private static CommandRun Run(params string[] arguments)
    {
        var run = CommandRun.Of(arguments);
        Assert.True(run.Code == 0, $"{string.Join(' ', arguments)}: {run.Error}");
        return run;
    }

    private string At(string name) => Path.Combine(_folder, name);
}
