using System.Text.Json;
using MlTransfer.Datasets.Images;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Trainers.Classification;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline.Tests;

public sealed class MainJobTests(SampleRun sample) : IClassFixture<SampleRun>
{
    [Fact]
    public void Retrain_extracts_trains_evaluates_and_writes_its_files()
    {
        Assert.True(sample.Retrain.Code == 0, sample.Retrain.Error);
        Assert.Contains("24 images of 3 labels", sample.Retrain.Output, StringComparison.Ordinal);
        Assert.Contains("24 computed, 0 reused", sample.Retrain.Output, StringComparison.Ordinal);
        Assert.Equal(["bag", "sneaker", "trouser"], File.ReadAllLines(Path.Combine(sample.Output, "labels.txt")));
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(sample.Output, "report.json")));
        var test = report.RootElement.GetProperty("training").GetProperty("test");
        Assert.Equal(6, test.GetProperty("rows").GetInt32());
        // Bags, sneakers and trousers are told apart easily; chance would be a third.
        Assert.True(test.GetProperty("accuracy").GetDouble() >= 0.6);
    }

    [Fact]
    public void The_same_command_again_computes_nothing()
    {
        var again = CommandRun.Of("extract-features", "--images", sample.Images, "--cache", sample.Cache, "--json");
        Assert.True(again.Code == 0, again.Error);
        Assert.Equal((0, 24), (again.Json.GetProperty("computed").GetInt32(), again.Json.GetProperty("reused").GetInt32()));
    }

    [Fact]
    public void Train_head_from_the_cache_gives_the_same_head()
    {
        var head = Path.Combine(sample.Folder, "again.head");
        var run = CommandRun.Of("train-head", "--cache", sample.Cache, "--output", head, "--seed", "1", "--test", "0.25", "--validation", "0");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(File.ReadAllBytes(sample.Head), File.ReadAllBytes(head));
    }

    [Fact]
    public void Predict_gives_the_most_probable_labels()
    {
        var picture = Directory.EnumerateFiles(Path.Combine(sample.Images, "trouser")).Order(StringComparer.Ordinal).First();
        var run = CommandRun.Of("predict", "--head", sample.Head, picture, "--top", "2", "--json");
        Assert.True(run.Code == 0, run.Error);
        var labels = run.Json.GetProperty("predictions")[0].GetProperty("labels");
        Assert.Equal(2, labels.GetArrayLength());
        Assert.Equal("trouser", labels[0].GetProperty("label").GetString());
        Assert.True(labels[0].GetProperty("probability").GetDouble() >= labels[1].GetProperty("probability").GetDouble());
    }

    [Fact]
    public void Predict_goes_on_past_a_broken_file_and_says_so()
    {
        var broken = Path.Combine(sample.Folder, "broken.jpg");
        File.WriteAllBytes(broken, [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]);
        var picture = Directory.EnumerateFiles(Path.Combine(sample.Images, "bag")).First();
        var run = CommandRun.Of("predict", "--head", sample.Head, broken, picture);
        Assert.Equal(1, run.Code);
        Assert.Contains(picture, run.Output, StringComparison.Ordinal);
        Assert.Contains("broken.jpg", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_agrees_with_the_cache_and_with_the_images()
    {
        var byImages = CommandRun.Of("evaluate", "--head", sample.Head, "--images", sample.Images, "--json");
        var byCache = CommandRun.Of("evaluate", "--head", sample.Head, "--cache", sample.Cache, "--json");
        Assert.True(byImages.Code == 0, byImages.Error);
        Assert.True(byCache.Code == 0, byCache.Error);
        Assert.Equal(24, byCache.Json.GetProperty("report").GetProperty("rows").GetInt32());
        Assert.Equal(byCache.Json.GetProperty("report").GetProperty("logLoss").GetDouble(), byImages.Json.GetProperty("report").GetProperty("logLoss").GetDouble());
    }

    [Fact]
    public void Evaluate_refuses_labels_the_head_does_not_know()
    {
        var other = Directory.CreateDirectory(Path.Combine(sample.Folder, "other", "umbrella")).FullName;
        File.Copy(Directory.EnumerateFiles(Path.Combine(sample.Images, "bag")).First(), Path.Combine(other, "x.png"), overwrite: true);
        var run = CommandRun.Of("evaluate", "--head", sample.Head, "--images", Path.Combine(sample.Folder, "other"));
        Assert.Equal(1, run.Code);
        Assert.Contains("umbrella", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Extracting", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_leaves_out_what_can_not_be_read_whatever_the_cache_had_of_it()
    {
        var photos = Few("worn", "bag", "sneaker");
        var cache = Path.Combine(sample.Folder, "worn.features");
        Assert.Equal(0, CommandRun.Of("extract-features", "--images", photos, "--cache", cache).Code);
        var broken = Directory.EnumerateFiles(Path.Combine(photos, "bag")).First();
        File.WriteAllBytes(broken, File.ReadAllBytes(broken)[..60]);
        var run = CommandRun.Of("evaluate", "--head", sample.Head, "--images", photos, "--cache", cache, "--json");
        Assert.Equal(1, run.Code);
        Assert.Equal(3, run.Json.GetProperty("report").GetProperty("rows").GetInt32());
        Assert.Equal("bag/" + Path.GetFileName(broken), run.Json.GetProperty("faults")[0].GetProperty("path").GetString());
    }

    [Fact]
    public void Evaluate_says_when_its_images_come_to_lie_beside_others_in_a_cache()
    {
        var cache = Path.Combine(sample.Folder, "shared.features");
        Assert.Equal(0, CommandRun.Of("extract-features", "--images", Few("first", "bag"), "--cache", cache).Code);
        var second = Few("second", "sneaker");
        var run = CommandRun.Of("evaluate", "--head", sample.Head, "--images", second, "--cache", cache);
        Assert.Equal(0, run.Code);
        Assert.Contains("holds 2 other images", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("other images", CommandRun.Of("evaluate", "--head", sample.Head, "--images", second, "--cache", Path.Combine(sample.Folder, "alone.features")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_that_could_not_be_read_are_listed_when_the_fit_fails_for_lack_of_them()
    {
        var photos = Few("lacking", "bag", "sneaker");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(photos, "sneaker")))
        {
            File.WriteAllText(file, "no picture");
        }

        var run = CommandRun.Of("retrain", "--images", photos, "--output", Path.Combine(sample.Folder, "lacking-out"), "--test", "0", "--validation", "0");
        Assert.Equal(1, run.Code);
        Assert.All(Directory.EnumerateFiles(Path.Combine(photos, "sneaker")), file => Assert.Contains($"sneaker/{Path.GetFileName(file)}: not an image", run.Error, StringComparison.Ordinal));
        Assert.Contains("error: All 2 training rows are of class 'bag'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_label_is_refused_before_anything_is_computed()
    {
        var output = Path.Combine(sample.Folder, "single-out");
        var run = CommandRun.Of("retrain", "--images", Few("single", "bag"), "--output", output);
        Assert.Equal(1, run.Code);
        Assert.Contains("label 'bag'", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
    }

    [SkippableFact]
    public void A_label_that_labels_txt_can_not_hold_is_refused_before_anything_is_computed()
    {
        Skip.If(OperatingSystem.IsWindows(), "names there can not hold such characters");
        var photos = Few("two lines", "bag", "sneaker");
        Directory.Move(Path.Combine(photos, "bag"), Path.Combine(photos, "ba\ng"));
        var output = Path.Combine(sample.Folder, "two lines-out");
        var run = CommandRun.Of("retrain", "--images", photos, "--output", output);
        Assert.Equal(1, run.Code);
        Assert.Contains("line break", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
    }

    [Fact]
    public void Images_of_a_list_that_the_cache_lacks_are_said()
    {
        var list = Path.Combine(sample.Folder, "listed.csv");
        var rows = Directory.EnumerateFiles(sample.Images, "*", SearchOption.AllDirectories).Select(file => $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)},{Path.GetFileName(Path.GetDirectoryName(file))}");
        File.WriteAllLines(list, ["path,label", .. rows, "bag/nowhere.png,bag"]);
        foreach (var line in new[] { "train-head --output listed.head", "audit --folds 2" })
        {
            var run = CommandRun.Of([.. line.Replace("listed.head", Path.Combine(sample.Folder, "listed.head"), StringComparison.Ordinal).Split(' '), "--cache", sample.Cache, "--list", list]);
            Assert.True(run.Code == 0, run.Error);
            Assert.Contains("1 of the 25 images of the list are not in", run.Error, StringComparison.Ordinal);
            Assert.Contains("bag/nowhere.png", run.Error, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Predict_tells_names_as_they_are()
    {
        Skip.If(OperatingSystem.IsWindows(), "names there can not hold such characters");
        var folder = Directory.CreateDirectory(Path.Combine(sample.Folder, "odd names")).FullName;
        var picture = Directory.EnumerateFiles(Path.Combine(sample.Images, "bag")).First();
        string[] names = ["-a.png", "@b.png", "back\\slash.png", "line\nbreak.png", "quo\"te.png", "ünï 花.png"];
        foreach (var name in names)
        {
            File.Copy(picture, Path.Combine(folder, name), overwrite: true);
        }

        var run = CommandRun.Of("predict", "--head", sample.Head, "--json", folder);
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(names.Select(name => $"{folder}/{name}"), run.Json.GetProperty("predictions").EnumerateArray().Select(item => item.GetProperty("path").GetString()));
    }

    [Fact]
    public void A_head_is_refused_for_features_of_another_tap()
    {
        var cache = Path.Combine(sample.Folder, "mixed8.features");
        var one = Directory.CreateDirectory(Path.Combine(sample.Folder, "one", "bag")).FullName;
        File.Copy(Directory.EnumerateFiles(Path.Combine(sample.Images, "bag")).First(), Path.Combine(one, "x.png"), overwrite: true);
        Assert.Equal(0, CommandRun.Of("extract-features", "--images", Path.Combine(sample.Folder, "one"), "--cache", cache, "--tensor", "mixed8").Code);
        var run = CommandRun.Of("evaluate", "--head", sample.Head, "--cache", cache);
        Assert.Equal(1, run.Code);
        Assert.Contains("mixed8/concat:0", run.Error, StringComparison.Ordinal);
        Assert.Contains("bottleneck:0", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_of_another_model_is_never_mixed_with()
    {
        var run = CommandRun.Of("extract-features", "--images", sample.Images, "--cache", sample.Cache, "--tensor", "mixed8");
        Assert.Equal(1, run.Code);
        Assert.Contains("mixed8", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Of("cache", "verify", sample.Cache).Code);
    }

    [Fact]
    public void Cache_info_verify_and_export_work_on_it()
    {
        var info = CommandRun.Of("cache", "info", sample.Cache, "--json");
        Assert.Equal((24, 2048), (info.Json.GetProperty("images").GetInt32(), info.Json.GetProperty("dimension").GetInt32()));
        Assert.Contains("Sound", CommandRun.Of("cache", "verify", sample.Cache).Output, StringComparison.Ordinal);
        var csv = Path.Combine(sample.Folder, "features.csv");
        Assert.Equal(0, CommandRun.Of("cache", "export", sample.Cache, "--to", "csv", "--output", csv).Code);
        var lines = File.ReadAllLines(csv);
        Assert.Equal(25, lines.Length);
        Assert.StartsWith("path,label,f0,f1,", lines[0], StringComparison.Ordinal);
        Assert.Equal(2050, lines[1].Split(',').Length);
    }

    [Theory]
    [InlineData("--preset keras-adam --epochs 6 --schedule cosine --patience 4", "adam")]
    [InlineData("--preset hands-on --nesterov --schedule polynomial --epochs 6", "sgd")]
    [InlineData("--trainer rmsprop --momentum 0.5 --schedule exponential --epochs 6", "rmsprop")]
    [InlineData("--trainer adagrad --learning-rate 0.1 --schedule step --epochs 6", "adagrad")]
    public void Mini_batch_trainers_tell_every_epoch(string options, string trainer)
    {
        var head = Path.Combine(sample.Folder, trainer + ".head");
        var run = CommandRun.Of([
            "train-head", "--cache", sample.Cache, "--output", head, "--split", "stratified", "--validation", "0.25", "--test", "0.25", "--json", .. options.Split(' ')]);
        Assert.True(run.Code == 0, run.Error);
        var fit = run.Json;
        Assert.Equal(trainer, fit.GetProperty("trainer").GetString());
        var history = fit.GetProperty("history").EnumerateArray().ToArray();
        Assert.InRange(history.Length, 1, 6);
        Assert.All(history, epoch => Assert.InRange(epoch.GetProperty("validationAccuracy").GetDouble(), 0, 1));
        Assert.True(history[^1].GetProperty("loss").GetDouble() < history[0].GetProperty("loss").GetDouble());
        Assert.Equal(options.Contains("--patience", StringComparison.Ordinal), fit.TryGetProperty("bestEpoch", out _));
    }

    [Theory]
    [InlineData("--hidden 32 --dropout 0.3 --epochs 15 --patience 5 --l2 0.001", "adam", "network")]
    [InlineData("--hidden 24,16 --dropout 0.2,0.1 --trainer sgd --momentum 0.9 --learning-rate 0.05 --batch-size 4 --epochs 30 --label-smoothing 0.1 --class-weights bag=2", "sgd", "network")]
    [InlineData("--trainer rmsprop --hidden 16 --epochs 8 --class-weights balanced", "rmsprop", "network")]
    [InlineData("--trainer centroid", "centroid", "centroid")]
    [InlineData("--trainer centroid --metric euclidean", "centroid", "centroid")]
    [InlineData("--trainer knn", "knn", "neighbours")]
    [InlineData("--trainer knn --neighbours 3 --neighbour-weights distance --metric euclidean", "knn", "neighbours")]
    [InlineData("--l2 0.01 --class-weights balanced", "lbfgs", "softmax")]
    public void Heads_of_every_kind_are_fitted_saved_measured_and_asked(string options, string trainer, string kind)
    {
        var path = Path.Combine(sample.Folder, $"{kind}-{Guid.NewGuid():N}.head");
        string[] line = [
            "train-head", "--cache", sample.Cache, "--output", path, "--split", "stratified", "--validation", "0.25", "--test", "0.25", "--seed", "2", .. options.Split(' ')];
        var run = CommandRun.Of([.. line, "--json"]);
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(trainer, run.Json.GetProperty("trainer").GetString());
        Assert.InRange(run.Json.GetProperty("test").GetProperty("accuracy").GetDouble(), 0, 1);
        var bytes = File.ReadAllBytes(path);
        Assert.Contains($"with {trainer}: ", CommandRun.Of(line).Output, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(path));

        var head = ClassifierHead.Load(path);
        Assert.Equal((kind, trainer), (head.Kind, head.Description.Trainer));
        foreach (var part in new[] { ("hidden", "hidden"), ("dropout", "dropout"), ("neighbours", "neighbours"), ("metric", "metric"), ("l2", "l2") })
        {
            if (options.Contains($"--{part.Item1} ", StringComparison.Ordinal))
            {
                Assert.Equal(options.Split(' ')[Array.IndexOf(options.Split(' '), "--" + part.Item1) + 1], head.Description.TrainerOptions[part.Item2]);
            }
        }

        var evaluated = CommandRun.Of("evaluate", "--head", path, "--cache", sample.Cache, "--json");
        Assert.True(evaluated.Code == 0, evaluated.Error);
        Assert.True(evaluated.Json.GetProperty("report").GetProperty("accuracy").GetDouble() > 0.6, evaluated.Output);
    }

    [Fact]
    public void The_command_and_the_classifier_say_the_same()
    {
        var image = Directory.GetFiles(Path.Combine(sample.Images, "bag"))[0];
        var said = CommandRun.Of("predict", "--head", sample.Head, "--top", "3", "--json", image).Json.GetProperty("predictions")[0].GetProperty("labels");
        using var classifier = ImageClassifier.Load(sample.Head);
        var prediction = classifier.Predict(File.ReadAllBytes(image));
        Assert.Equal(
            said.EnumerateArray().Select(label => (label.GetProperty("label").GetString(), label.GetProperty("probability").GetSingle())),
            prediction.Top(3).Select(label => ((string?)label.Label, label.Probability)));
    }

    [Fact]
    public void A_class_weight_for_a_label_that_there_is_not_is_refused()
    {
        var run = CommandRun.Of("train-head", "--cache", sample.Cache, "--output", Path.Combine(sample.Folder, "x.head"), "--trainer", "adam", "--class-weights", "hat=2");
        Assert.Equal(2, run.Code);
        Assert.Contains("no label hat; there are bag", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "with sgd: 50 steps")]
    [InlineData("--hidden 8 --trainer adam", "with adam: 50 steps")]
    public void Retrain_pys_own_options_are_taken_and_its_graphs_are_written(string further, string told)
    {
        var output = Path.Combine(sample.Folder, $"retrain_py{further.Length}");
        var graph = Path.Combine(output, "output_graph.pb");
        var savedModel = Path.Combine(output, "saved_model");
        var labels = Path.Combine(output, "output_labels.txt");
        var run = CommandRun.Of([
            "retrain", "--image_dir", sample.Images, "--bottleneck_dir", sample.Cache, "--output", output, "--output_graph", graph, "--output_labels", labels, "--saved_model_dir", savedModel,
            "--how_many_training_steps", "50", "--learning_rate", "0.05", "--testing_percentage", "20", "--validation_percentage", "10", "--train_batch_size", "10",
            "--print_misclassified_test_images", "--final_tensor_name", "answer", .. further.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains(told, run.Output, StringComparison.Ordinal);
        Assert.Equal(["bag", "sneaker", "trouser"], File.ReadAllLines(labels));

        var picture = Directory.EnumerateFiles(Path.Combine(sample.Images, "trouser")).Order(StringComparer.Ordinal).First();
        var predicted = CommandRun.Of("predict", "--head", Path.Combine(output, "model.head"), picture, "--top", "3", "--json");
        var probabilities = predicted.Json.GetProperty("predictions")[0].GetProperty("labels").EnumerateArray()
            .OrderBy(label => label.GetProperty("label").GetString(), StringComparer.Ordinal).Select(label => label.GetProperty("probability").GetSingle()).ToArray();

        // As retrain.py's own, the graph takes the bytes of a file, the SavedModel pixels; both give what predict gives.
        var file = File.ReadAllBytes(picture);
        using (var session = new ManagedEngine().Compile(GraphDefReader.Read(graph), ["DecodeJpeg/contents:0"], ["answer:0"]))
        {
            Same(session.Run([Tensor.FromBytes(file)])[0]);
        }

        var preprocessing = BackboneCatalog.Load().Backbones[0].Preprocessing!;
        var pixels = new float[preprocessing.OutputLength];
        preprocessing.Apply(PhotoReader.Read(file, preprocessing.ReadOptions), pixels);
        using (var session = new ManagedEngine().Compile(GraphFile.Read(savedModel), ["input:0"], ["answer:0"]))
        {
            Same(session.Run([Tensor.From(new TensorShape(1, preprocessing.Height, preprocessing.Width, 3), pixels)])[0]);
        }

        void Same(Tensor found) => Assert.All(found.AsSpan<float>().ToArray().Zip(probabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
    }

    /// <summary>A folder with two pictures a label.</summary>
    private string Few(string name, params string[] labels)
    {
        foreach (var label in labels)
        {
            var folder = Directory.CreateDirectory(Path.Combine(sample.Folder, name, label)).FullName;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(sample.Images, label)).Order(StringComparer.Ordinal).Take(2))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            }
        }

        return Path.Combine(sample.Folder, name);
    }
}
