using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MlTransfer.Features.Backbones;

namespace MlTransfer.ML.Tests.Extraction;

public sealed class BottleneckFeaturesTests : IDisposable
{
    private readonly Pictures _pictures = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly ColourEngine _engine = new();

    public void Dispose() => _pictures.Dispose();

    private BottleneckFeaturesOptions Options => new() { Engine = _engine };

    [Fact]
    public void The_promised_schema_is_delivered_and_tells_the_origin()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var estimator = _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", Options);
        var promised = estimator.GetOutputSchema(Pipelines.ShapeOf<ImageFolderRow>(_ml));
        var transformer = estimator.Fit(data);
        var output = transformer.Transform(data);
        Pipelines.AssertPromiseKept(promised, output.Schema);
        Assert.Equal(transformer.GetOutputSchema(data.Schema).Select(column => (column.Name, column.Type)), output.Schema.Select(column => (column.Name, column.Type)));

        var column = output.Schema["Features"];
        var backbone = BackboneCatalog.Load().Backbones[0];
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, backbone.Taps[0].Dimension), column.Type);
        ReadOnlyMemory<char> graph = default, tap = default;
        column.Annotations.GetValue("SourceGraph", ref graph);
        column.Annotations.GetValue("Tap", ref tap);
        Assert.Equal(backbone.GraphSha256, graph.ToString());
        Assert.Equal(backbone.Taps[0].Tensor, tap.ToString());
        Assert.Equal(0, _engine.Images);
    }

    [Fact]
    public void Paths_bytes_and_decoded_images_of_the_same_pixels_give_the_same_bits()
    {
        var paths = Pipelines.FeaturesOf(Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath"));
        var files = _pictures.Files.ToArray();
        Assert.Equal(files.Length, paths.Length);

        var bytes = _ml.Data.LoadFromEnumerable(files.Select(file => new BytesRow { Image = File.ReadAllBytes(file) }));
        Assert.Equal(paths, Pipelines.FeaturesOf(Transform(bytes, "Image")));

        var images = _ml.Data.LoadFromEnumerable(files.Select(file => new ImageRow { Image = MLImage.CreateFromFile(file) }).ToList());
        Assert.Equal(paths, Pipelines.FeaturesOf(Transform(images, "Image")));

        var loaded = _ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(_ml.Data.LoadImageFolder(_pictures.Root)).Transform(_ml.Data.LoadImageFolder(_pictures.Root));
        Assert.Equal(paths, Pipelines.FeaturesOf(Transform(loaded, "Image")));
    }

    [Fact]
    public void Relative_paths_are_taken_from_the_image_folder()
    {
        var data = _ml.Data.LoadFromEnumerable(_pictures.Files.Select(file => new PathRow { Path = Path.GetRelativePath(_pictures.Root, file) }));
        var features = Pipelines.FeaturesOf(_ml.Transforms.ExtractBottleneckFeatures("Features", "Path", Options with { ImageFolder = _pictures.Root }).Fit(data).Transform(data));
        Assert.Equal(Pipelines.FeaturesOf(Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath")), features);
    }

    [Fact]
    public void Nothing_is_computed_before_features_are_asked_for()
    {
        var output = Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath");
        Assert.Equal(_pictures.Count, output.GetRowCount());
        Assert.Equal(_pictures.Count, output.GetColumn<string>("Label").Count());
        using (var cursor = output.GetRowCursor(output.Schema))
        {
            Assert.True(cursor.MoveNext());
            Assert.True(cursor.MoveNext());
            Assert.Equal(0, _engine.Images);
            VBuffer<float> features = default;
            cursor.GetGetter<VBuffer<float>>(output.Schema["Features"])(ref features);
            Assert.Equal(8, _engine.Images);
            Assert.Equal(1, _engine.Runs);
        }
    }

    [Fact]
    public void A_walk_row_by_row_is_computed_in_batches_and_a_second_one_not_at_all()
    {
        var output = Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath");
        var first = Pipelines.FeaturesOf(output);
        Assert.Equal((_pictures.Count, _pictures.Count / 8), (_engine.Images, _engine.Runs));
        Assert.Equal(first, Pipelines.FeaturesOf(output));
        Assert.Equal(_pictures.Count, _engine.Images);
    }

    [Fact]
    public void A_photo_is_read_once_however_often_the_data_is_walked()
    {
        var output = Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath");
        var first = Pipelines.FeaturesOf(output);
        // Other bytes behind the same name, length and date: who reads the file again would find another image, or none.
        foreach (var file in _pictures.Files)
        {
            var date = File.GetLastWriteTimeUtc(file);
            File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);
            File.SetLastWriteTimeUtc(file, date);
        }

        Assert.Equal(first, Pipelines.FeaturesOf(output));
    }

    [Fact]
    public void Progress_is_told_after_each_batch()
    {
        var told = new List<FeaturesProgress>();
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var output = _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", Options with { Progress = new Direct(told.Add) }).Fit(data).Transform(data);
        _ = Pipelines.FeaturesOf(output);
        Assert.Equal([(1, 8), (9, 16), (17, 24)], told.Select(state => ((int)state.Rows, state.Computed)));
        Assert.All(told, state => Assert.Equal(_pictures.Count, state.TotalRows));
        _ = Pipelines.FeaturesOf(output);
        Assert.Equal(3, told.Count);
    }

    [Fact]
    public void A_changed_photo_is_noticed_and_copies_are_computed_once()
    {
        File.Copy(Path.Combine(_pictures.Root, "red", "0.png"), Path.Combine(_pictures.Root, "red", "1.png"), overwrite: true);
        var output = Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath");
        _ = Pipelines.FeaturesOf(output);
        Assert.Equal(_pictures.Count - 1, _engine.Images);

        var changed = Path.Combine(_pictures.Root, "blue", "0.png");
        File.WriteAllBytes(changed, Pictures.Png("red", 99));
        File.SetLastWriteTimeUtc(changed, DateTime.UtcNow.AddMinutes(1));
        _ = Pipelines.FeaturesOf(output);
        Assert.Equal(_pictures.Count, _engine.Images);
    }

    [Fact]
    public void Shuffled_rows_keep_their_features_and_their_other_columns()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var output = Transform(data, "ImagePath");
        var expected = output.GetColumn<string>("ImagePath").Zip(Pipelines.FeaturesOf(output)).ToDictionary();
        output = Transform(_ml.Data.ShuffleRows(data, seed: 3), "ImagePath");
        using var cursor = output.GetRowCursor(output.Schema);
        var path = cursor.GetGetter<ReadOnlyMemory<char>>(output.Schema["ImagePath"]);
        var features = cursor.GetGetter<VBuffer<float>>(output.Schema["Features"]);
        var order = new List<string>();
        ReadOnlyMemory<char> name = default;
        VBuffer<float> row = default;
        while (cursor.MoveNext())
        {
            path(ref name);
            features(ref row);
            order.Add(name.ToString());
            Assert.Equal(expected[name.ToString()], row.DenseValues());
        }

        Assert.Equal(expected.Keys.Order(), order.Order());
        Assert.NotEqual(expected.Keys, order);
    }

    [Fact]
    public void Cursors_in_parallel_give_each_row_once()
    {
        var output = Transform(new ManyCursors(_ml.Data.LoadImageFolder(_pictures.Root)), "ImagePath");
        var expected = output.GetColumn<string>("ImagePath").Zip(Pipelines.FeaturesOf(Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath"))).ToDictionary();
        var cursors = output.GetRowCursorSet(output.Schema, 3);
        Assert.Equal(3, cursors.Length);
        var found = new System.Collections.Concurrent.ConcurrentDictionary<string, float[]>();
        Parallel.ForEach(cursors, cursor =>
        {
            using (cursor)
            {
                var path = cursor.GetGetter<ReadOnlyMemory<char>>(output.Schema["ImagePath"]);
                var features = cursor.GetGetter<VBuffer<float>>(output.Schema["Features"]);
                ReadOnlyMemory<char> name = default;
                VBuffer<float> row = default;
                while (cursor.MoveNext())
                {
                    path(ref name);
                    features(ref row);
                    Assert.True(found.TryAdd(name.ToString(), [.. row.DenseValues()]));
                }
            }
        });
        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        Assert.All(expected, pair => Assert.Equal(pair.Value, found[pair.Key]));
    }

    [Fact]
    public void Vectors_and_images_of_other_columns_pass_through_unharmed()
    {
        var files = _pictures.Files.ToArray();
        var data = _ml.Data.LoadFromEnumerable(files.Select((file, i) => new RichRow { Path = file, Numbers = [i, 2 * i], Words = [.. Enumerable.Repeat($"w{i}", i % 4)], Flag = i % 2 == 0 }).ToList());
        var loaded = _ml.Transforms.LoadImages("Picture", null, "Path").Fit(data).Transform(data);
        var output = Transform(loaded, "Path");
        using var cursor = output.GetRowCursor(output.Schema);
        var numbers = cursor.GetGetter<VBuffer<float>>(output.Schema["Numbers"]);
        var words = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(output.Schema["Words"]);
        var flag = cursor.GetGetter<bool>(output.Schema["Flag"]);
        var picture = cursor.GetGetter<MLImage>(output.Schema["Picture"]);
        var features = cursor.GetGetter<VBuffer<float>>(output.Schema["Features"]);
        var id = cursor.GetIdGetter();
        VBuffer<float> number = default, row = default;
        VBuffer<ReadOnlyMemory<char>> word = default;
        bool isEven = false;
        MLImage image = null!;
        DataViewRowId rowId = default;
        for (var i = 0; cursor.MoveNext(); i++)
        {
            numbers(ref number);
            words(ref word);
            flag(ref isEven);
            picture(ref image);
            features(ref row);
            id(ref rowId);
            Assert.Equal([i, 2 * i], number.DenseValues());
            Assert.Equal(Enumerable.Repeat($"w{i}", i % 4), word.DenseValues().Select(text => text.ToString()));
            Assert.Equal(i % 2 == 0, isEven);
            Assert.Equal((9, 7), (image.Width, image.Height));
            Assert.Equal(new DataViewRowId((ulong)i, 0), rowId);
            Assert.Equal(i, cursor.Position);
        }
    }

    [Fact]
    public void Cancelling_the_execution_of_the_context_ends_a_walk()
    {
        var output = Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath");
        _engine.OnRun = () => Pipelines.Cancel(_ml);
        Assert.ThrowsAny<OperationCanceledException>(() => Pipelines.FeaturesOf(output));
        Assert.Equal(1, _engine.Runs);
    }

    [Fact]
    public void A_cancelled_token_ends_a_walk_and_keeps_what_was_saved()
    {
        using var source = new CancellationTokenSource();
        var options = Options with { Cancellation = source.Token, CacheFolder = _pictures.At("cancelled.features") };
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        _engine.OnRun = () =>
        {
            if (_engine.Runs == 1)
            {
                source.Cancel();
            }
        };
        Assert.ThrowsAny<OperationCanceledException>(() => Pipelines.FeaturesOf(_ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", options).Fit(data).Transform(data)));
        using var cache = MlTransfer.Features.Cache.FeatureCache.OpenRead(options.CacheFolder);
        Assert.Equal(8, cache.RowCount);
    }

    [Fact]
    public void A_transformer_that_is_disposed_of_while_it_computes_still_gives_its_features()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var expected = Pipelines.FeaturesOf(Transform(data, "ImagePath"));
        // Other threads: a compiled network of its own.
        var transformer = _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", Options with { Threads = 3 }).Fit(data);

        // As when one of two prediction engines on a model is disposed of.
        _engine.OnRun = transformer.Dispose;
        Assert.Equal(expected, Pipelines.FeaturesOf(transformer.Transform(data)));
    }

    [Fact]
    public void Names_of_files_are_kept_only_where_their_features_are()
    {
        var rows = _pictures.Files.Select(file => new ImageFolderRow { ImagePath = file }).ToArray();
        var data = _ml.Data.LoadFromEnumerable(rows);
        foreach (var megabytes in new[] { 0, 512 })
        {
            var transformer = _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", Options with { MemoryMegabytes = megabytes }).Fit(data);
            using var engine = _ml.Model.CreatePredictionEngine<ImageFolderRow, FeaturesRow>(transformer);
            Assert.All(rows, row => engine.Predict(row));
            Assert.Equal(megabytes == 0 ? 0 : rows.Length, transformer.Computer.RememberedFiles);
        }
    }

    [Fact]
    public void Images_in_memory_stay_whole_where_only_features_are_read()
    {
        var images = _pictures.Files.Select(file => new ImageRow { Image = MLImage.CreateFromFile(file) }).ToList();
        var output = Transform(_ml.Data.LoadFromEnumerable(images), "Image");
        var walks = Enumerable.Range(0, 2).Select(_ =>
        {
            using var cursor = output.GetRowCursor(output.Schema);
            var features = cursor.GetGetter<VBuffer<float>>(output.Schema["Features"]);
            VBuffer<float> row = default;
            var rows = new List<float[]>();
            while (cursor.MoveNext())
            {
                features(ref row);
                rows.Add([.. row.DenseValues()]);
            }

            return rows;
        }).ToArray();
        Assert.Equal(images.Count, walks[0].Count);
        Assert.Equal(walks[0], walks[1]);
        Assert.All(images, image => Assert.Equal(9, image.Image!.Width));
    }

    [Fact]
    public void Looking_for_cancellation_leaves_no_warning_in_the_log()
    {
        var warnings = new List<string>();
        _ml.Log += (_, message) =>
        {
            if (message.Message.Contains("Kind=Warning", StringComparison.Ordinal))
            {
                warnings.Add(message.Message);
            }
        };
        _ = Pipelines.FeaturesOf(Transform(_ml.Data.LoadImageFolder(_pictures.Root), "ImagePath"));
        Assert.Empty(warnings);
    }

    private IDataView Transform(IDataView data, string column) => _ml.Transforms.ExtractBottleneckFeatures("Features", column, Options).Fit(data).Transform(data);

    private sealed class Direct(Action<FeaturesProgress> report) : IProgress<FeaturesProgress>
    {
        public void Report(FeaturesProgress value) => report(value);
    }

    private sealed class FeaturesRow
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = "";
    }

    private sealed class BytesRow
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class ImageRow
    {
        [ImageType(7, 9)]
        public MLImage? Image { get; set; }
    }

    private sealed class RichRow
    {
        public string Path { get; set; } = "";

        [VectorType(2)]
        public float[] Numbers { get; set; } = [];

        public string[] Words { get; set; } = [];

        public bool Flag { get; set; }
    }
}
