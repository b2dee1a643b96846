using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.CrossValidation;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Networks;
using MlTransfer.Trainers.Rejection;
using MlTransfer.Trainers.Selection;
using MlTransfer.Trainers.Tests.Heads;

namespace MlTransfer.Trainers.Tests;

public sealed class MappedFeaturesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_fit_on_a_mapped_file_gives_the_bits_of_a_fit_in_memory()
    {
        var (features, labels) = RandomData.Classes(301, 65, 3);
        var path = Write(features, value => value);
        using var mapped = new MappedFeatures(path);
        var trainer = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = TrainerGoldens.ClassNames(3) });
        var (ours, expected) = (trainer.Fit(mapped, labels), trainer.Fit(features, labels));
        Assert.Equal(expected.Weights.Weight.ToArray(), ours.Weights.Weight.ToArray());
        Assert.Equal(expected.Objective, ours.Objective);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Every_trainer_gives_the_same_bits_on_rows_of_a_mapped_file(string name)
    {
        var (features, labels) = RandomData.Classes(120, 33, 3);
        using var mapped = new MappedFeatures(Write(features, value => value));
        var trainer = Trainer(name);
        int[] train = [.. Enumerable.Range(0, 120).Where(row => row % 3 != 1 || row < 60)], test = [.. Enumerable.Range(0, 120).Except(train)];
        float[] Fit(IFeatureSource source)
        {
            TrainingRows Rows(int[] rows) => new() { Features = RowSubset.Of(source, rows), Labels = Array.ConvertAll(rows, row => labels[row]) };
            var head = trainer.Fit(Rows(train), Rows(test)).CreateHead(HeadExamples.Description(3) with { Labels = trainer.Labels });
            var crossed = new CrossValidator(new CrossValidationOptions { Folds = 3 }).Run(trainer, Rows(train)).MeanProbabilities;
            var rule = RejectionRule.Fit(head, Rows(train), Rows(test));
            return [.. head.Predict(RowSubset.Of(source, test)), .. crossed.ToArray(), (float)rule.MinimumProbability, (float)rule.MaximumDistance];
        }

        Assert.Equal(Fit(features), Fit(mapped));
    }

    [Fact]
    public void Of_a_large_file_no_prepared_copy_is_kept_in_memory()
    {
        const int columns = 8192;
        var rows = (int)(MappedNpyMatrix.DefaultResidentBytes / sizeof(float) / columns) + 2;
        using var large = new CenteredRows(new Zeros(rows, columns, isInMemory: false), false, Environment.ProcessorCount, default);
        Assert.True(large.ScratchLength(2) > 0);
        using var small = new CenteredRows(new Zeros(rows / 1000, columns, isInMemory: false), false, 1, default);
        Assert.Equal(0, small.ScratchLength(2));
    }

    [Fact]
    public void A_number_that_is_not_finite_is_named()
    {
        var (features, labels) = RandomData.Classes(50, 7, 2);
        var row = 0;
        var path = Write(features, value => row++ == (31 * 7) + 4 ? float.NaN : value);
        using var mapped = new MappedFeatures(path, [.. Enumerable.Range(0, 50).Select(number => $"photo{number}.jpg")]);
        var error = Assert.Throws<TrainingDataException>(
            () => new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = TrainerGoldens.ClassNames(2) }).Fit(mapped, labels));
        Assert.Contains("row 31 (photo31.jpg)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_must_be_one_a_row()
    {
        var (features, _) = RandomData.Classes(5, 4, 2);
        var path = Write(features, value => value);
        Assert.Contains("3 names were given for 5 rows", Assert.Throws<ArgumentException>(() => new MappedFeatures(path, ["a", "b", "c"])).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Trainers() => ["lbfgs", "path", "sdca", "adam", "hidden", "centroid", "knn"];

    private static IHeadTrainer Trainer(string name)
    {
        var labels = TrainerGoldens.ClassNames(3);
        var batches = new MiniBatchOptions { Labels = labels, Epochs = 3, Patience = 2 };
        return name switch
        {
            "lbfgs" => new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = labels, Standardize = true }),
            "path" => new RegularizationPathTrainer(new RegularizationPathOptions { Regression = new SoftmaxRegressionOptions { Labels = labels }, Strengths = [0.1, 0.01] }),
            "sdca" => new SdcaTrainer(new SdcaOptions { Labels = labels, L2 = 0.01 }),
            "adam" => new MiniBatchTrainer(batches),
            "hidden" => new NetworkTrainer(new NetworkOptions { Hidden = [7], MiniBatches = batches }),
            "centroid" => new CentroidTrainer(new CentroidOptions { Labels = labels }),
            _ => new NeighbourTrainer(new NeighbourOptions { Labels = labels }),
        };
    }

    private string Write(FeatureMatrix features, Func<float, float> change)
    {
        var path = Path.Combine(_folder, "features.npy");
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({features.Rows}, {features.Columns}), }}\n";
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header)]);
        foreach (var value in RandomData.Values(features))
        {
            writer.Write(change(value));
        }

        return path;
    }

    /// <summary>Rows that take no memory.</summary>
    private sealed class Zeros(int rows, int columns, bool isInMemory) : IFeatureSource
    {
        public int Rows => rows;

        public int Columns => columns;

        public bool IsInMemory => isInMemory;

        public IReadOnlyList<string>? Names => null;

        public void CopyRow(int row, Span<float> target) => target.Clear();
    }
}
