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
}
