using MlTransfer.Datasets.Images;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Trainers.Classification;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Trainers.Tests.Classification;

public sealed class ImageClassifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("classifier").FullName;
    private readonly TinyNetwork _network;

    public ImageClassifierTests() => _network = new TinyNetwork(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ImageClassifierOptions Options(int batch = 4) => new() { Model = _network.GraphPath, Batch = batch };

    private string At(string name) => Path.Combine(_folder, name);

    [Fact]
    public void Bytes_a_path_a_stream_and_a_batch_give_the_same()
    {
        using var classifier = ImageClassifier.Load(_network.HeadPath, Options());
        Assert.Equal(["red", "green", "blue"], classifier.Labels);
        var files = Enumerable.Range(0, 11).Select(i => TinyNetwork.Png((byte)(23 * i), (byte)(255 - (20 * i)), (byte)(i * 11))).ToArray();
        var paths = files.Select((file, i) =>
        {
            File.WriteAllBytes(At($"{i}.png"), file);
            return At($"{i}.png");
        }).ToArray();
        var batch = classifier.Predict(files);
        var memory = classifier.Predict(Array.ConvertAll(files, file => (ReadOnlyMemory<byte>)file));
        var read = classifier.Predict(paths);
        for (var i = 0; i < files.Length; i++)
        {
            var single = classifier.Predict(files[i]);
            using var stream = new MemoryStream([0, .. files[i]]) { Position = 1 };
            var features = Array.ConvertAll([23 * i, 255 - (20 * i), i * 11], value => value / 255f);
            var expected = new float[3];
            _network.Head.Predict(features, expected);
            Assert.All(expected.Zip(single.Probabilities.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            foreach (var other in new[] { batch[i], memory[i], read[i], classifier.Predict(paths[i]), classifier.Predict(stream) })
            {
                Assert.Equal(single.Probabilities.ToArray(), other.Probabilities.ToArray());
                Assert.Equal((single.Label, single.Probability), (other.Label, other.Probability));
            }
        }

        Assert.Empty(classifier.Predict(Array.Empty<string>()));
    }

    [Fact]
    public void The_most_probable_labels_come_first()
    {
        using var classifier = ImageClassifier.Load(_network.HeadPath, Options());
        var prediction = classifier.Predict(TinyNetwork.Png(10, 120, 240));
        Assert.Equal("blue", prediction.Label);
        Assert.Equal(["blue", "green", "red"], prediction.Top(7).Select(label => label.Label));
        var best = Assert.Single(prediction.Top(1));
        Assert.Equal((prediction.Label, prediction.Probability), (best.Label, best.Probability));
        Assert.Equal(1, prediction.Probabilities.ToArray().Sum(), 1e-5f);
        Assert.StartsWith("blue 0.", prediction.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => prediction.Top(0));
        Assert.Equal(["red", "green", "blue"], classifier.Predict(TinyNetwork.Png(9, 9, 9)).Top(3).Select(label => label.Label));
    }

    [Fact]
    public void Many_threads_share_batches_and_get_their_own_results()
    {
        var engine = new CountingEngine();
        using var classifier = ImageClassifier.Load(_network.HeadPath, Options(batch: 8) with { Engine = engine });
        classifier.Compile();
        var files = Enumerable.Range(0, 64).Select(i => TinyNetwork.Png((byte)(i * 4), (byte)(255 - (i * 3)), 80)).ToArray();
        var expected = files.Select(file => classifier.Predict(file).Probabilities.ToArray()).ToArray();
        engine.Sizes.Clear();
        engine.Delay = TimeSpan.FromMilliseconds(20);
        var threads = Enumerable.Range(0, 16).Select(thread => new Thread(() =>
        {
            for (var i = 0; i < 8; i++)
            {
                var number = ((thread * 8) + i) % files.Length;
                Assert.Equal(expected[number], classifier.Predict(files[number]).Probabilities.ToArray());
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(128, engine.Sizes.Sum());
        Assert.InRange(engine.Sizes.Max(), 2, 8);
    }

    [Fact]
    public void Pictures_that_cannot_be_read_are_named_and_harm_no_other()
    {
        using var classifier = ImageClassifier.Load(_network.HeadPath, Options());
        File.WriteAllBytes(At("good.png"), TinyNetwork.Png(255, 0, 0));
        File.WriteAllText(At("bad.png"), "no picture");
        Assert.Throws<ImageFormatException>(() => classifier.Predict("no picture"u8));
        Assert.Throws<ImageFormatException>(() => classifier.Predict(ReadOnlySpan<byte>.Empty));
        Assert.Contains("bad.png", Assert.Throws<ImageFormatException>(() => classifier.Predict([At("good.png"), At("bad.png")])).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "image 1:", Assert.Throws<ImageFormatException>(() => classifier.Predict([TinyNetwork.Png(1, 2, 3), TinyNetwork.Png(1, 2, 3)[..40]])).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => classifier.Predict(At("absent.png")));
        Assert.Equal("red", classifier.Predict(At("good.png")).Label);
    }

    [Fact]
    public void The_wrong_network_or_none_is_refused_with_what_to_do()
    {
        Assert.Contains("--model", Assert.Throws<InvalidDataException>(() => ImageClassifier.Load(_network.HeadPath)).Message, StringComparison.Ordinal);
        File.Copy(_network.GraphPath, At("other.pb"));
        File.AppendAllText(At("other.pb"), "x");
        Assert.Contains(
            "another graph", Assert.Throws<InvalidDataException>(() => ImageClassifier.Load(_network.HeadPath, new ImageClassifierOptions { Model = At("other.pb") })).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => ImageClassifier.Load(At("absent.head")));
        var strange = _network.Head.WithDescription(_network.Head.Description with { Preprocessing = "as you like" });
        Assert.Contains("as you like", Assert.Throws<InvalidDataException>(() => ImageClassifier.Create(strange, Options())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Options(batch: 0));
    }

    [Fact]
    public void It_can_be_cancelled_and_goes_on_afterwards()
    {
        using var classifier = ImageClassifier.Load(_network.HeadPath, Options());
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => classifier.Predict(TinyNetwork.Png(1, 2, 3), source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => classifier.Predict([TinyNetwork.Png(1, 2, 3)], source.Token));
        Assert.Equal("green", classifier.Predict(TinyNetwork.Png(0, 200, 0)).Label);
    }

    [Fact]
    public void After_disposal_it_says_so()
    {
        var classifier = ImageClassifier.Load(_network.HeadPath, Options());
        _ = classifier.Predict(TinyNetwork.Png(0, 200, 0));
        classifier.Dispose();
        classifier.Dispose();
        Assert.Throws<ObjectDisposedException>(() => classifier.Predict(TinyNetwork.Png(0, 200, 0)));
        Assert.Throws<ObjectDisposedException>(() => classifier.Compile());
    }

    [Fact]
    public void A_head_that_may_answer_none_of_these_does()
    {
        var random = new Random(3);
        TrainingRows Rows(int count)
        {
            var labels = Enumerable.Range(0, count).Select(row => row % 3).ToArray();
            var values = Enumerable.Range(0, 3 * count).Select(i => (i % 3 == labels[i / 3] ? 0.9f : 0.1f) + (0.1f * random.NextSingle())).ToArray();
            return new TrainingRows { Features = new FeatureMatrix(values, count, 3), Labels = labels };
        }

        var rule = RejectionRule.Fit(_network.Head, Rows(90), Rows(60));
        using var classifier = ImageClassifier.Create(_network.Head.WithDescription(_network.Head.Description with { Rejection = rule }), Options());
        var known = classifier.Predict(TinyNetwork.Png(242, 38, 38));
        Assert.False(known.Verdict!.Value.IsRejected);
        var unknown = classifier.Predict(TinyNetwork.Png(128, 128, 128));
        Assert.True(unknown.Verdict!.Value.IsRejected);
        Assert.StartsWith("none of these (", unknown.ToString(), StringComparison.Ordinal);
        using var plain = ImageClassifier.Load(_network.HeadPath, Options());
        Assert.Null(plain.Predict(TinyNetwork.Png(128, 128, 128)).Verdict);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("centroid")]
    [InlineData("neighbours")]
    public void Heads_of_every_kind_classify(string kind)
    {
        var head = Heads.HeadExamples.Create(kind, features: 3, classes: 3).WithDescription(_network.Head.Description);
        using var classifier = ImageClassifier.Create(head, Options());
        var expected = new float[3];
        head.Predict([1, 0, 0], expected);
        Assert.Equal(expected, classifier.Predict(TinyNetwork.Png(255, 0, 0)).Probabilities.ToArray());
    }

    /// <summary>The managed engine, slowed down, keeping note of how many images came at once.</summary>
    private sealed class CountingEngine : IGraphEngine
    {
        private readonly ManagedEngine _engine = new();

        public List<int> Sizes { get; } = [];

        public TimeSpan Delay { get; set; }

        public string Name => _engine.Name;

        public IGraphSession Compile(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, EngineOptions? options = null) =>
            new Session(this, _engine.Compile(graph, feeds, fetches, options));

        private sealed class Session(CountingEngine owner, IGraphSession session) : IGraphSession
        {
            public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, CancellationToken cancellation = default)
            {
                Thread.Sleep(owner.Delay);
                owner.Sizes.Add(feeds[0].Shape[0]);
                return session.Run(feeds, cancellation);
            }

            public void Dispose() => session.Dispose();
        }
    }
}
